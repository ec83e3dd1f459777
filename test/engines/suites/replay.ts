// Unbound's scenarios played to cenote, check by check.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GroupConfig, ListConfig } from '../../../src/config/config.ts';
import { parsePrefix } from '../../../src/config/values/addresses.ts';
import { groupOf } from '../../support/group.ts';
import { RCODES, type ResponseParts } from '../../support/message.ts';
import { type Check, shown } from './check.ts';
import { type Asked, Player, type Reply, shownRecords, type ZoneSaid } from './player.ts';
import { transferred } from './primary.ts';
import { type Entry, type PolicyZone, readScenario, type Scenario, type Step } from './scenario.ts';

const USUAL_CLIENT = '127.0.0.1';
const OVERRIDES: Readonly<Record<string, Partial<ListConfig>>> = {
  nxdomain: { action: 'nxdomain' },
  nodata: { action: 'nodata' },
  drop: { action: 'drop' },
  passthru: { action: 'allow' },
  disabled: { mode: 'monitor' },
};

/** @param folder Unbound's `testdata` */
export async function replayUnbound(folder: string): Promise<Check[]> {
  const files = readdirSync(folder).filter((file) => /rpz.*\.rpl$/.test(file));
  const checks: Check[] = [];
  for (const file of files.sort())
    checks.push(
      ...(await replay(
        file.replace(/^rpz_|\.rpl$/g, ''),
        readScenario(readFileSync(join(folder, file), 'latin1')),
      )),
    );
  return checks;
}

async function replay(group: string, scenario: Scenario): Promise<Check[]> {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-suite-'));
  try {
    let zones = scenario.zones.map((zone) => saidOf(zone, zone.text));
    let now = 0;
    const lookup = (name: string, type: string): ResponseParts | null => answerOf(scenario, now, name, type);
    const player = await Player.start(zones, lookup, groupsOf(scenario));
    const checks: Check[] = [];
    let last: { readonly step: Step; readonly reply: Reply | null } | null = null;
    for (const step of scenario.steps) {
      now = step.number;
      if (step.kind === 'TIME_PASSES') player.advance(step.seconds);
      else if (step.kind === 'TRAFFIC') {
        const texts = await Promise.all(
          scenario.zones.map((zone) =>
            zone.hasPrimary ? transferred(dir, zone, entriesAt(scenario, now)) : zone.text,
          ),
        );
        zones = scenario.zones.map((zone, i) => saidOf(zone, texts[i]!));
        await player.useZones(zones);
      } else if (step.kind === 'QUERY') last = { step, reply: player.ask(askedIn(step)) };
      else if (step.kind === 'CHECK_ANSWER' && last !== null)
        checks.push({
          group,
          number: String(step.number),
          asked: shownQuestion(last.step),
          expected: shown(expectedOf(step.entry!)),
          got: shown(last.reply),
        });
    }
    return checks;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function saidOf({ name, override, cnameOverride }: PolicyZone, text: string): ZoneSaid {
  const settings = OVERRIDES[override ?? ''] ?? {};
  // No action of a list says one alias for all: an admin would write it into the zone.
  const own = cnameOverride === null ? text : aliased(text, cnameOverride.replace(/\.$/, ''));
  return { name, text: own, settings };
}

const aliased = (text: string, target: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/^(\S+rpz-[a-z-]+|[\w.*-]+)\s+(A|CNAME|TXT)\s.*$/, `$1 CNAME ${target}.`))
    .join('\n');

function groupsOf({ zones, tagged }: Scenario): GroupConfig[] {
  const listsFor = (tags: readonly string[]): string[] =>
    zones
      .filter((zone) => zone.tags.length === 0 || zone.tags.some((tag) => tags.includes(tag)))
      .map(({ name }) => name);
  const groups = tagged.map(({ network, tags }, i) => {
    const prefix = parsePrefix(network);
    if (!prefix.ok) throw new Error(`not a network: ${network}`);
    const clients = [{ kind: 'prefix' as const, ...prefix.value, text: network }];
    return groupOf({ name: `tagged-${i}`, clients, lists: listsFor(tags), rebinding: false });
  });
  return [groupOf({ lists: listsFor([]), rebinding: false }), ...groups];
}

const entriesAt = ({ ranges }: Scenario, now: number): Entry[] =>
  ranges.flatMap(({ from, to, entries }) => (from <= now && now <= to ? entries : []));

/** Of all servers together; who only names other servers says nothing. */
function answerOf(scenario: Scenario, now: number, name: string, type: string): ResponseParts | null {
  const entry = entriesAt(scenario, now).find(
    (one) =>
      (!one.match.includes('qname') || one.name === name) &&
      (!one.match.includes('qtype') || one.type === type) &&
      (!one.match.includes('subdomain') || `.${name}`.endsWith(one.name === '.' ? '.' : `.${one.name}`)) &&
      !isReferral(one),
  );
  if (entry === undefined) return null;
  const rcode = entry.reply.find((word) => word in RCODES) ?? 'NOERROR';
  return { rcode, answer: entry.answer };
}

const isReferral = ({ answer, authority, reply }: Entry): boolean =>
  answer.length === 0 && authority.some((line) => /\sNS\s/i.test(line)) && !reply.includes('AA');

function askedIn({ entry, address }: Step): Asked {
  const { name, type, match, reply } = entry!;
  return {
    name,
    type,
    client: address ?? USUAL_CLIENT,
    isTcp: match.includes('TCP'),
    dnssecOk: reply.includes('DO'),
    isRecursive: reply.includes('RD'),
  };
}

const shownQuestion = ({ entry, address }: Step): string =>
  `\`${entry!.name} ${entry!.type}\`${address === null ? '' : ` from ${address}`}`;

const expectedOf = ({ reply, answer }: Entry): Reply => ({
  rcode: RCODES[reply.find((word) => word in RCODES) ?? 'NOERROR']!,
  tc: reply.includes('TC'),
  answer: shownRecords(answer),
});
