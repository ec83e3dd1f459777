// Hits that a hunt must not contradict: where the history does not have an asking (it was off, or kept without addresses), and
// where what was hunted for stood behind the name that was asked for.
import type { MachineIds } from '../../clients/machine.ts';
import { RESULT } from '../../events/result.ts';
import { holdersOf, readNetwork } from '../../wire/names/network.ts';
import type { Hit } from '../hit.ts';
import { textToMoment } from '../log/moment.ts';
import type { Match } from '../match.ts';
import { CLASSES, classOf } from '../standing.ts';
import type { AskerFacts } from '../store/askers.ts';
import { parentOf } from '../store/reversed-name.ts';
import type { Tables } from '../store/store.ts';
import type { Watched, WatchTable } from '../store/watch-table.ts';
import { shownBy } from './led.ts';
import { type HuntTarget, type MachineAskings, type NameAskings, sumOfBoth } from './past.ts';
import { listedBy, type RuleFinding, type RuleHunt } from './rule-hunt.ts';

/** The history's times are whole seconds. */
const secondOf = (time: string): number => Math.floor(textToMoment(time) / 1000) * 1000;

/** Adds what hits alone know of these names. */
export function withHits(
  found: readonly MachineAskings[],
  { hits, watched }: Kept,
  { targets, sinceMs }: { readonly targets: readonly HuntTarget[]; readonly sinceMs: number },
  ids: MachineIds,
): MachineAskings[] {
  const isBeside = besideHistory(watched, sinceMs);
  const covered = coversOf(targets);
  const known = new Map(
    found.flatMap(({ asker, askings }) =>
      askings.map(({ name, lastMs }) => [`${asker.machine} ${name}`, lastMs] as const),
    ),
  );
  // Names that are counted and not shown may be any.
  const cut = new Set(found.flatMap(({ asker, furtherNames }) => (furtherNames > 0 ? [asker.machine] : [])));
  const added = new Map<string, { asker: AskerFacts; byName: Map<string, NameAskings> }>();
  for (const hit of hits.each(sinceMs, (name, via) => covered(name) || (via !== null && covered(via)))) {
    const { client, question, via } = hit;
    const machine = ids.now(hit.machine);
    const isOwn = covered(question.name);
    const isKept = !isBeside(textToMoment(hit.time));
    if (isOwn && isKept && (known.has(`${machine} ${question.name}`) || cut.has(machine))) continue;
    const name = isOwn ? question.name : shownBy(question.name, via ?? '');
    // Of a name that led there the history has what was asked while it did: what came after is added.
    if (isKept && secondOf(hit.time) <= (known.get(`${machine} ${name}`) ?? 0)) continue;
    const { ip, name: machineName, mac, group } = client;
    const own = added.get(machine) ?? {
      asker: { machine, ip, name: machineName, mac, group },
      byName: new Map<string, NameAskings>(),
    };
    added.set(machine, own);
    own.byName.set(name, sumOf(own.byName.get(name), name, hit));
  }
  const more = (machine: string): readonly NameAskings[] => [...(added.get(machine)?.byName.values() ?? [])];
  const joined = found.map((one) => ({
    ...one,
    askings: summed([...one.askings, ...more(one.asker.machine)]),
  }));
  const machines = new Set(found.map(({ asker }) => asker.machine));
  const others = [...added.values()].filter(({ asker }) => !machines.has(asker.machine));
  return [
    ...joined,
    ...others.map(({ asker }) => ({ asker, askings: more(asker.machine), furtherNames: 0 })),
  ];
}

/** Adds what hits alone know of these lists. */
export function withRuleHits(
  found: readonly RuleFinding[],
  { hits, watched }: Kept,
  search: RuleHunt,
  ids: MachineIds,
): RuleFinding[] {
  const { lists, rulebook, sinceMs } = search;
  const isBeside = besideHistory(watched, sinceMs);
  const { isListed, matchesOf } = listedBy(search);
  const alerting = rulebook.ruleSet.lists.flatMap(({ name, alert }) => (alert ? [name] : []));
  const wanted = new Set(lists ?? alerting);
  const known = new Map(
    found.flatMap(({ asker, list, askings }) =>
      askings.map(({ name, lastMs }) => [`${asker.machine} ${list} ${name}`, lastMs] as const),
    ),
  );
  const cut = new Set(
    found.flatMap(({ asker, list, furtherNames }) => (furtherNames > 0 ? [`${asker.machine} ${list}`] : [])),
  );
  const added = new Map<string, RuleFinding>();
  for (const hit of hits.each(sinceMs, (name, via) => isListed(name) || (via !== null && isListed(via)))) {
    const { client, question, via } = hit;
    const machine = ids.now(hit.machine);
    const own = { list: hit.list, rule: hit.rule, indicator: hit.indicator };
    const isKept = !isBeside(textToMoment(hit.time));
    const byName = isKept && via === null ? [] : matchesOf(hit);
    const all: Listing[] = [];
    // Of what a list has and no alert told of, a hit says nothing: it is judged as the history is.
    for (const one of [...hit.matches, own, ...(isKept ? [] : byName)])
      if (!all.some(({ list }) => list === one.list)) all.push(one);
    for (const { list, rule, indicator } of all) {
      if (!wanted.has(list)) continue;
      if (isKept && known.has(`${machine} ${list} ${question.name}`)) continue;
      // What a list has itself was asked for, also where the hit is of what stood behind it.
      const isOwn = via === null || byName.some((match) => match.list === list);
      if (isKept && isOwn && cut.has(`${machine} ${list}`)) continue;
      const name = isOwn ? question.name : shownBy(question.name, via);
      if (isKept && secondOf(hit.time) <= (known.get(`${machine} ${list} ${name}`) ?? 0)) continue;
      const key = keyOf(machine, { list, indicator });
      const before = added.get(key);
      const asker = { machine, ip: client.ip, name: client.name, mac: client.mac, group: client.group };
      const others = before?.askings.filter((asked) => asked.name !== name) ?? [];
      const sum = sumOf(
        before?.askings.find((asked) => asked.name === name),
        name,
        hit,
      );
      const rules = [...new Set([...(before?.rules ?? []), rule])];
      const shown = { asker, askings: [...others, sum], furtherNames: 0 };
      const indicators = indicator === null ? [] : [indicator];
      added.set(key, {
        ...shown,
        list,
        lists: [list],
        indicator,
        indicators,
        rules,
        isOfGroup: true,
      });
    }
  }
  const joined = found.map((one) => {
    const key = keyOf(one.asker.machine, one);
    const more = added.get(key);
    added.delete(key);
    return more === undefined ? one : { ...one, askings: summed([...one.askings, ...more.askings]) };
  });
  return [...joined, ...added.values()];
}

const keyOf = (machine: string, { list, indicator }: Pick<Listing, 'list' | 'indicator'>): string =>
  JSON.stringify([machine, list, indicator?.campaign ?? null]);

type Listing = Pick<Match, 'list' | 'rule' | 'indicator'>;
type Kept = Pick<Tables, 'hits' | 'watched'>;

/**
 * Whether at a time nothing of a hit went into the history: it was off, or kept under pseudonyms. What came in the moment of a change came
 * before it; in the moment of a start nothing did. A clock that was set back says a time twice: what may be in the history is not added to it.
 */
function besideHistory(watched: WatchTable, sinceMs: number): (timeMs: number) => boolean {
  const all = watched.since(sinceMs);
  // The present one is written down now and then, and goes on.
  const ends = all.map(({ toMs, keptToMs = 0 }, i) =>
    i === all.length - 1 ? Number.POSITIVE_INFINITY : Math.max(toMs, keptToMs),
  );
  const isIn = (timeMs: number, { fromMs }: Watched, i: number): boolean =>
    timeMs <= ends[i]! && (timeMs > fromMs || (timeMs === fromMs && (ends[i - 1] ?? 0) < fromMs));
  return (timeMs) => {
    const then = all.filter((span, i) => isIn(timeMs, span, i));
    return then.length > 0 && then.every(({ byMachine = true }) => !byMachine);
  };
}

/** Each name once. */
function summed(askings: readonly NameAskings[]): readonly NameAskings[] {
  const byName = new Map<string, NameAskings>();
  for (const asked of askings) {
    const known = byName.get(asked.name);
    byName.set(asked.name, known === undefined ? asked : sumOfBoth(known, asked));
  }
  return [...byName.values()];
}

function sumOf(
  known: NameAskings | undefined,
  name: string,
  { time, count, outcome, id, visit }: Hit,
): NameAskings {
  const timeMs = textToMoment(time);
  const className = CLASSES[classOf(RESULT[outcome])] ?? 'unrecorded';
  const visits = visit === id ? 1 : 0;
  if (known === undefined)
    return {
      name,
      count,
      countMax: count,
      firstMs: timeMs,
      lastMs: timeMs,
      visits,
      types: 0,
      got: { [className]: count },
      allowed: 0,
    };
  return {
    ...known,
    count: known.count + count,
    countMax: known.countMax + count,
    firstMs: Math.min(known.firstMs, timeMs),
    lastMs: Math.max(known.lastMs, timeMs),
    visits: (known.visits ?? 0) + visits,
    got: { ...known.got, [className]: (known.got[className] ?? 0) + count },
  };
}

/** Whether a name, or an address that one led to, is one of the targets or, where they cover that, below or within one. */
function coversOf(targets: readonly HuntTarget[]): (name: string) => boolean {
  const exact = new Set(targets.flatMap(({ name, covers }) => (covers === 'below' ? [] : [name])));
  const above = new Set(targets.flatMap(({ name, covers }) => (covers === 'exact' ? [] : [name])));
  const isWithin = holdersOf(targets.flatMap(({ name }) => readNetwork(name) ?? []));
  return (name) => {
    if (exact.has(name) || isWithin(name)) return true;
    for (let parent = parentOf(name); parent !== null; parent = parentOf(parent))
      if (above.has(parent)) return true;
    return false;
  };
}
