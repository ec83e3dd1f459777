// Hunts that people ask for: by names, or by the lists in force. The search runs elsewhere; who asked is put into words here.

import type { MachineTable } from '../../clients/machine-table.ts';
import { usersOf } from '../../clients/users/sessions.ts';
import { askedInPast, findOf, textOfFind } from '../../hits/find.ts';
import { ANY_GROUP, type HitClient } from '../../hits/hit.ts';
import type { MachineAskings, NameAskings } from '../../hits/hunt/past.ts';
import type { RuleFinding } from '../../hits/hunt/rule-hunt.ts';
import type { AskerFacts } from '../../hits/store/askers.ts';
import { groupingOf } from '../../policy/groups.ts';
import { textToAddress } from '../../wire/names/address.ts';
import type { Desk } from '../desk.ts';
import type { HuntFinding, Question } from '../messages.ts';
import { whoSays } from './known-since.ts';

/** Of one machine and list. */
const NAMES_SHOWN = 1000;

export async function huntNames(
  desk: Desk,
  { targets, sinceMs }: Extract<Question, { what: 'hunt' }>,
): Promise<readonly HuntFinding[]> {
  desk.writeHistory();
  const found = await desk.searcher.search({
    by: 'names',
    targets,
    sinceMs,
    merges: desk.context.machines.merges,
  });
  return found.map((askings) => findingOf(desk, askings, { list: null, rules: [], isOfGroup: true }));
}

export async function huntLists(
  desk: Desk,
  { lists, sinceMs }: Extract<Question, { what: 'huntLists' }>,
): Promise<readonly HuntFinding[]> {
  desk.writeHistory();
  const { ruleSet, groups, assignments, sinkhole } = desk.settings;
  const found = await desk.searcher.search({
    by: 'rules',
    rulebook: { ruleSet, groups, assignments, answer: sinkhole },
    lists,
    sinceMs,
    merges: desk.context.machines.merges,
    onlyNews: false,
    settledMs: 0,
    namesMax: NAMES_SHOWN,
  });
  return found.map((finding) => findingOf(desk, finding, finding));
}

/** As it was when it asked; what has been learnt of the machine since completes that. */
export function clientOfAsker(
  desk: Desk,
  { machine, ip, name, mac, group }: AskerFacts,
  askings: readonly Pick<NameAskings, 'firstMs' | 'lastMs'>[],
): HitClient {
  const { machines } = desk.context;
  const known = machines.machine(machine);
  const named = name ?? known?.name ?? null;
  return {
    ip,
    name: named,
    mac: mac ?? known?.mac ?? null,
    group: group ?? groupNow(desk, ip),
    machine: machines.idNow(machine),
    nameFrom: whoSays(machines, known?.id ?? machine, ip, named),
    ...usersMeanwhile(machines, { machine, ip }, askings),
  };
}

/** Times of the history are whole seconds. */
const SECOND_MS = 999;

/** The user who was logged on at each of the moments that are known; else all who were at any of them. */
function usersMeanwhile(
  machines: MachineTable,
  { machine, ip }: Pick<AskerFacts, 'machine' | 'ip'>,
  askings: readonly Pick<NameAskings, 'firstMs' | 'lastMs'>[],
): Pick<HitClient, 'user' | 'users'> {
  if (machines.sessions.isEmpty) return {};
  const address = textToAddress(ip);
  const moments = new Set(askings.flatMap(({ firstMs, lastMs }) => [firstMs, lastMs]));
  const each = [...moments].map((timeMs) =>
    usersOf(machines.sessionsOf(machine, address, timeMs, timeMs + SECOND_MS)),
  );
  const all = [...new Set(each.flat())];
  if (all.length === 0) return {};
  const [only = null] = all;
  return all.length === 1 && each.every((users) => users.length === 1)
    ? { user: only }
    : { user: null, users: all };
}

/** Where the group was not noted, the one that its address is in now; a pseudonym may be of any. */
function groupNow({ settings: { groups, assignments } }: Desk, ip: string): string {
  const address = textToAddress(ip);
  if (address === null) return ANY_GROUP;
  const grouping = groupingOf(groups, assignments);
  return grouping.names[grouping.groupOf(address)] ?? 'none';
}

function findingOf(
  desk: Desk,
  { asker, askings, furtherNames }: MachineAskings,
  by: Pick<HuntFinding, 'list' | 'rules' | 'isOfGroup'>,
): HuntFinding {
  const { list, rules, isOfGroup } = by;
  const client = clientOfAsker(desk, asker, askings);
  return { client, list, rules, isOfGroup, names: askings.map(askedInPast), furtherNames };
}

/** A machine asked, before it was listed, for what is listed now. */
export function tellFinding(desk: Desk, finding: RuleFinding, listedMs: number): void {
  const { now, resolver } = desk.options;
  const timeMs = now();
  const client = clientOfAsker(desk, finding.asker, finding.askings);
  const find = findOf(finding, { id: desk.ulid(timeMs), timeMs, listedMs, client, resolver });
  desk.log.writeFind(find);
  desk.tap.find(find);
  if (desk.options.assignment.isInFleet === true) desk.finds.push(find);
  // Which rows of the history it was is nothing to tell.
  const askings = finding.askings.map(({ told: _, ...asked }) => asked);
  desk.registry.addFinding({ ...finding, askings, client }, timeMs);
  desk.say('warn', textOfFind(find));
}
