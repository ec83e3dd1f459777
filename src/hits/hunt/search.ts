// One search of the history: what is asked of it, and what it finds, a client at a time.

import { MachineIds, type Merge } from '../../clients/machine.ts';
import { dayOf } from '../store/schema.ts';
import { withHits, withRuleHits } from './in-hits.ts';
import { ledToTargets, namesOf, shownBy } from './led.ts';
import { findFirstAskers, findNames, type HuntTarget, type MachineAskings } from './past.ts';
import { readApart } from './reader.ts';
import { huntRules, type RuleFinding, type RuleHunt } from './rule-hunt.ts';

/** By names: everything that was asked for and is one of them or below. */
export interface NamesSearch {
  readonly by: 'names';
  readonly targets: readonly HuntTarget[];
  readonly sinceMs: number;
  /** Ids of machines that became others. */
  readonly merges: readonly Merge[];
}

/** By lists: everything that would be a hit today. */
export interface RulesSearch extends RuleHunt {
  readonly by: 'rules';
}

export type SearchRequest = NamesSearch | RulesSearch;
export type Finding<R extends SearchRequest> = R extends RulesSearch ? RuleFinding : MachineAskings;

/** Does a search somewhere, and may be told to give up. */
export interface Searcher {
  /** @throws Error when the store cannot be searched, or the search did not come to its end */
  search<R extends SearchRequest>(request: R): Promise<readonly Finding<R>[]>;
  close(): Promise<void>;
}

/**
 * Searches the store in this very process, which does nothing else meanwhile.
 * @param path of the store's file
 * @throws Error when it cannot be read
 */
export function searchStore(path: string, request: SearchRequest): readonly (MachineAskings | RuleFinding)[] {
  const ids = new MachineIds(request.merges);
  return readApart(path, (tables) => {
    if (request.by === 'rules') {
      const found = huntRules(tables, request, ids);
      return request.onlyNews ? found : withRuleHits(found, tables, request, ids);
    }
    const { targets, sinceMs } = request;
    const days = tables.history.days().filter((day) => day >= dayOf(sinceMs));
    const direct = findNames(tables.database, targets);
    const led = ledToTargets(tables.led, targets, direct);
    const within = { days, sinceMs, ...(led.size === 0 ? {} : { takesName: namesOf(direct, led) }) };
    const names = new Map<number, unknown>([...direct, ...led]);
    const found = findFirstAskers(tables.history, ids, names, within, (asked) => {
      const by = led.get(asked.nameId)?.[0]?.target;
      return by === undefined ? asked : { ...asked, name: shownBy(asked.name, by) };
    });
    return withHits(found, tables, request, ids);
  });
}
