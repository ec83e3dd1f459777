// Hunts by name against all that was asked for: who, how often, and what was got.
import type { HuntFinding } from '../../../src/desk/messages.ts';
import type { OfficeDays } from '../office.ts';
import { type Asking, isUnderPseudonym } from '../truth/asking.ts';
import { isPseudonym } from '../truth/ledger.ts';
import { TYPES } from '../world/names.ts';
import type { Machine } from '../world/network.ts';
import { type Entry, usedLists } from '../world/rules.ts';
import { comparePseudonyms } from './pseudonyms.ts';

const HUNTS = 3;
const RECENT = 100;
const EVER = '2000-01-01';
const HOUR_MS = 3_600_000;

interface Hunted {
  readonly findings: readonly HuntFinding[];
}

export async function compareHunts(office: OfficeDays): Promise<void> {
  await compareListHunt(office);
  const { habits, turns, names: own, wall } = office;
  const any = habits.pick([...own.attackers, ...own.everyday]);
  await compareHuntSince(office, any, wall.now() - habits.from(HOUR_MS, 240 * HOUR_MS));
  // Within a day of which there are askings before and after.
  const recent = office.ledger.askings.slice(-RECENT);
  if (recent.length > 0) {
    const { name, wallMs } = turns.pick(recent);
    await compareHuntSince(office, name, wallMs + turns.from(2000, HOUR_MS));
  }
  const { random, names, ledger, report, api } = office;
  const picked = Array.from({ length: HUNTS }, () => random.pick([...names.attackers, ...names.everyday]));
  for (const name of new Set([...picked, ...office.toHunt.splice(0)])) {
    const { findings: found } = await api.get<Hunted>('/api/v1/hunt', { names: name, since: EVER });
    const all = ledger.askings.filter((one) => one.name === name || one.name.endsWith(`.${name}`));
    comparePseudonyms(found, all, report, () => `hunt of ${name}`);
    const asked = all.filter((one) => !isUnderPseudonym(one));
    const byMachine = Map.groupBy(asked, ({ machine }) => machine);
    const seen = new Set<Machine>();
    for (const finding of found) {
      if (isPseudonym(finding.client.machine ?? '')) continue;
      const direct = finding.names.filter((one) => !one.name.includes(' (by '));
      if (direct.length === 0) continue;
      const machine = ledger.known(finding.client.machine ?? '') ?? nearest(asked, finding);
      const about = (): string => `hunt of ${name}: ${finding.client.machine} (${finding.client.ip})`;
      if (!report.hold('hunt', machine !== null, () => `${about()} asked nothing`) || machine === null)
        continue;
      const wrong = ledger.meant(finding.client, machine);
      report.hold('hunt', wrong === null, () => `${about()}: ${wrong}`);
      report.hold(
        'hunt',
        !seen.has(machine) || office.hasForgotten,
        () => `${about()} is said to be two machines`,
      );
      seen.add(machine);
      for (const said of direct) {
        const own = (byMachine.get(machine) ?? []).filter((one) => one.name === said.name);
        const sure = own.filter(({ isVolatile }) => !isVolatile).length;
        report.hold(
          'hunt',
          (said.count >= sure || office.hasForgotten) && said.count <= own.length,
          () => `${about()} ${said.name} ${said.count} times, true is ${sure} to ${own.length}`,
        );
        const most = { answered: 'data', blocked: 'blocked', rewritten: 'rewritten' } as const;
        for (const name of ['answered', 'blocked', 'rewritten'] as const) {
          const asked = own.filter(({ got }) => got === most[name]).length;
          report.hold(
            'hunt',
            said[name] <= asked,
            () => `${about()} ${said.name}: ${name} ${said[name]} of ${asked}`,
          );
        }
      }
    }
    for (const [machine, own] of byMachine)
      if (own.some(({ isVolatile }) => !isVolatile))
        report.hold(
          'hunt',
          seen.has(machine),
          () => `hunt of ${name} does not find ${machine.mac}`,
          'missed',
        );
  }
}

/** Of a time only what was asked in it is counted, and where a day's row began before it that is said. */
async function compareHuntSince(
  { ledger, report, api, hasJumped }: OfficeDays,
  name: string,
  sinceMs: number,
): Promise<void> {
  if (hasJumped) return;
  const { findings } = await api.get<Hunted>('/api/v1/hunt', {
    names: name,
    since: new Date(sinceMs).toISOString(),
  });
  // Of what was asked before it was known who was there, under pseudonyms nobody finds out: it is by its address.
  const byMachine = Map.groupBy(findings, ({ client }) => ledger.known(client.machine ?? ''));
  for (const [machine, own] of byMachine) {
    if (machine === null) continue;
    const asked = own.flatMap((finding) => finding.names).filter((one) => !one.name.includes(' (by '));
    for (const [asking, parts] of Map.groupBy(asked, (one) => one.name)) {
      const count = parts.reduce((sum, part) => sum + part.count, 0);
      const countMax = parts.reduce((sum, part) => sum + part.countMax, 0);
      const all = ledger.of(machine).filter((one) => one.name === asking && !isUnderPseudonym(one));
      const since = all.filter(({ wallMs }) => wallMs >= sinceMs - ROUNDED_MS);
      const sure = all.filter(({ wallMs, isVolatile }) => wallMs >= sinceMs && !isVolatile);
      report.hold(
        'hunt',
        count <= since.length && countMax >= sure.length && countMax <= all.length,
        () =>
          `hunt of ${name} since ${new Date(sinceMs).toISOString()}: ${machine.mac} ${asking} ${count} to ${countMax} times, true is ${sure.length}`,
      );
    }
  }
}

/** A hunt by a list finds all that it has, whoever's list it is and whatever it does. */
async function compareListHunt({ random, admin, ledger, report, api }: OfficeDays): Promise<void> {
  const used = usedLists(admin.office);
  if (used.length === 0) return;
  const list = random.pick(used);
  const { findings: found } = await api.get<Hunted>('/api/v1/hunt', { lists: list.name, since: EVER });
  const said = new Map<string, number>();
  for (const finding of found.filter((one) => !isPseudonym(one.client.machine ?? '')))
    for (const { name, count } of finding.names) {
      if (name.includes(' (by ')) continue;
      const { client } = finding;
      const machine =
        (ledger.known(client.machine ?? '') ?? nearest(ledger.askings, finding))?.mac ?? client.ip;
      // Entries of several campaigns that have a name find it each.
      said.set(`${machine} ${name}`, Math.max(count, said.get(`${machine} ${name}`) ?? 0));
    }
  const entries = list.entries.filter(({ isNetwork }) => !isNetwork);
  const all = ledger.askings.filter(({ name }) =>
    entries.some(({ text, covers }) => name === text || (covers === 'subtree' && name.endsWith(`.${text}`))),
  );
  const asked = all.filter((one) => !isUnderPseudonym(one));
  for (const [key, own] of Map.groupBy(asked, ({ machine, name }) => `${machine.mac} ${name}`)) {
    const sure = own.filter((one) => !one.isVolatile && matchesAnyType(one, entries));
    const count = said.get(key) ?? 0;
    report.hold(
      'hunt',
      sure.length === 0 || count > 0,
      () => `hunt of ${list.name} does not find ${key}`,
      'missed',
    );
    report.hold(
      'hunt',
      count <= own.length,
      () => `hunt of ${list.name}: ${key} ${count} times, true is ${own.length}`,
    );
    said.delete(key);
  }
  report.hold('hunt', said.size === 0, () => `hunt of ${list.name} finds ${[...said].join('; ')}`);
}

const matchesAnyType = ({ name, type }: Asking, entries: readonly Entry[]): boolean =>
  entries.some(
    ({ text, covers, types }) =>
      (types === null || types.includes(TYPES[type])) &&
      (name === text || (covers === 'subtree' && name.endsWith(`.${text}`))),
  );

/** Seconds are what the history keeps; equal questions of two seconds are one record, which has the time of the first. */
const ROUNDED_MS = 3200;

/** Of a machine that nothing else was said of so far: whoever asked when it is said to have asked last; of several the one with its MAC, then from there. */
function nearest(asked: readonly Asking[], { client, names }: HuntFinding): Machine | null {
  const then = asked.filter(({ name, wallMs }) =>
    names.some(
      (said) => said.name.split(' ', 1)[0] === name && Math.abs(wallMs - Date.parse(said.last)) <= ROUNDED_MS,
    ),
  );
  const one = then.find(({ machine }) => then.every((other) => other.machine === machine));
  const own = one ?? then.find(({ machine }) => machine.mac === client.mac);
  return (own ?? then.find(({ ip }) => ip === client.ip))?.machine ?? null;
}
