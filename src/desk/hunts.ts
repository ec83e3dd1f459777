// Hunts that people ask for: by names, or by the lists in force. The search runs elsewhere; who asked is put into words here.
import { askedInPast } from '../hits/find.ts';
import type { HitClient } from '../hits/hit.ts';
import type { MachineAskings } from '../hits/hunt/past.ts';
import type { AskerFacts } from '../hits/store/askers.ts';
import { Groups } from '../policy/groups.ts';
import { textToAddress } from '../wire/names/address.ts';
import type { HitsService } from './hits-service.ts';
import type { HuntFinding, Question } from './messages.ts';

/** Of one machine and list. */
const NAMES_SHOWN = 1000;
const NO_ADDRESS = new Uint8Array(16);

export async function huntNames(
  desk: HitsService,
  { targets, sinceMs }: Extract<Question, { what: 'hunt' }>,
): Promise<readonly HuntFinding[]> {
  desk.writeHistory();
  const found = await desk.searcher.search({ by: 'names', targets, sinceMs });
  return found.map((askings) => findingOf(desk, askings, { list: null, rules: [], isOfGroup: true }));
}

export async function huntLists(
  desk: HitsService,
  { lists, sinceMs }: Extract<Question, { what: 'huntLists' }>,
): Promise<readonly HuntFinding[]> {
  desk.writeHistory();
  const { ruleSet, groups, assignments, sinkhole } = desk.settings;
  const found = await desk.searcher.search({
    by: 'rules',
    rulebook: { ruleSet, groups, assignments, answer: sinkhole },
    lists,
    sinceMs,
    onlyNews: false,
    namesMax: NAMES_SHOWN,
  });
  return found.map((finding) => findingOf(desk, finding, finding));
}

/** As it was when it asked; what has been learnt of the machine since completes that. */
export function clientOfAsker(desk: HitsService, { machine, ip, name, mac, group }: AskerFacts): HitClient {
  const { machines } = desk.context;
  const known = machines.machine(machine);
  return {
    ip,
    name: name ?? known?.name ?? null,
    mac: mac ?? known?.mac ?? null,
    group: group ?? groupNow(desk, ip),
    machine: machines.idNow(machine),
    nameFrom: known?.nameFrom ?? null,
  };
}

/** Where the group was not noted: an anonymous machine has no address, and the group that takes anyone is its own. */
function groupNow({ settings: { groups, assignments } }: HitsService, ip: string): string {
  const grouping = new Groups(groups, assignments);
  return grouping.names[grouping.groupOf(textToAddress(ip) ?? NO_ADDRESS)] ?? 'none';
}

function findingOf(
  desk: HitsService,
  { asker, askings, furtherNames }: MachineAskings,
  by: Pick<HuntFinding, 'list' | 'rules' | 'isOfGroup'>,
): HuntFinding {
  const { list, rules, isOfGroup } = by;
  const client = clientOfAsker(desk, asker);
  return { client, list, rules, isOfGroup, names: askings.map(askedInPast), furtherNames };
}
