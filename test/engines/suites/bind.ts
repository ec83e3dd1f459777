// BIND's system test of policy zones (`bin/tests/system/rpz`) read as it is: its zones, its updates, its checks, played to cenote.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ListConfig } from '../../../src/config/config.ts';
import { RCODES, type ResponseParts } from '../../support/message.ts';
import { type Check, shown } from './check.ts';
import { answerIn, dataIn, recordsIn } from './data.ts';
import { type Asked, Player, type Reply, shownRecords, type ZoneSaid } from './player.ts';
import { resolved } from './upstream.ts';

interface Policy {
  readonly settings?: Partial<ListConfig>;
  /** What every record of the zone says in place of its own: no action of a list says an alias or TC. */
  readonly data?: string;
}

/** As the configuration of its server ns3 has them. */
const POLICIES: Readonly<Record<string, Policy>> = {
  bl: {},
  'bl-2': {},
  'bl-given': {},
  'bl-passthru': { settings: { action: 'allow' } },
  'bl-no-op': { settings: { action: 'allow' } },
  'bl-disabled': { settings: { mode: 'monitor' } },
  'bl-nodata': { settings: { action: 'nodata' } },
  'bl-nxdomain': { settings: { action: 'nxdomain' } },
  'bl-cname': { data: 'CNAME txt-only.tld2.' },
  'bl-wildcname': { data: 'CNAME *.tld4.' },
  'bl-garden': { data: 'CNAME a12.tld2.' },
  'bl-drop': { settings: { action: 'drop' } },
  'bl-tcp-only': { data: 'CNAME rpz-tcp-only.' },
};
/** Origin and file of each zone of data; some are served under several names. */
const BELOW = ['', 'sub1.', 'subsub.sub1.', 'sub2.', 'subsub.sub2.', 'sub3.', 'subsub.sub3.'];
const DATA: readonly (readonly [origin: string, file: string])[] = [
  ['', 'ns1/root.db'],
  ...BELOW.map((below) => [`${below}tld2`, 'ns2/tld2.db'] as const),
  ...BELOW.map((below) => [`${below}tld4`, 'ns4/tld4.db'] as const),
  ['tld2s', 'ns2/base-tld2s.db'],
  ['crash1.tld2', 'ns3/crash1'],
  ['crash2.tld3', 'ns3/crash2'],
];
/** A policy zone that ns3 has from another server, as it begins. */
const SECONDARY = { name: 'bl.tld2', file: 'bl.tld2.db.in' };
const CLIENT = '10.53.0.7';
/** Its server ns1, from which a check asks. */
const OTHER_CLIENT = '10.53.0.1';

/** @param folder the checkout */
export async function playBind(folder: string): Promise<Check[]> {
  const dir = join(folder, 'bin/tests/system/rpz');
  const text = (file: string): string => readFileSync(join(dir, file), 'utf8');
  const data = dataIn(DATA.map(([origin, file]) => [origin, text(file)]));
  const base = recordsIn('', text('ns3/base.db').replaceAll('@', '.'));
  const checks: Check[] = [];
  for (const group of groupsIn(text('tests.sh'))) {
    const updates = group.file === null ? [] : updatesIn(text(`${group.file}.j2`));
    const own = Object.keys(POLICIES).map((name) => zoneOf(name, base, updates));
    const zonesWith = (file: string): ZoneSaid[] => {
      const records = recordsIn(SECONDARY.name, text(`ns2/${file}`));
      const lines = records.map(([owner, record]) => `${owner} ${record}`);
      return [...own, { name: SECONDARY.name, settings: {}, text: `${lines.join('\n')}\n` }];
    };
    let secondary = SECONDARY.file;
    const lookup = (name: string, type: string): ResponseParts | null => answerIn(data, name, type);
    const player = await Player.start(zonesWith(secondary), lookup);
    for (const one of group.checks) {
      if (one.secondary !== secondary) await player.useZones(zonesWith(one.secondary));
      secondary = one.secondary;
      checks.push(played(group.name, one, player, lookup));
    }
  }
  return checks;
}

const updatesIn = (text: string): [owner: string, record: string][] =>
  text.split('\n').flatMap((line) => {
    const [, owner = '', record = ''] = /^\s*update\s+add\s+(\S+)\s+\d+\s+(.*)$/.exec(line) ?? [];
    return owner === ''
      ? []
      : [[owner.replace(/\.$/, ''), record.replace(/;.*/, '').trim()] as [string, string]];
  });

function zoneOf(
  name: string,
  base: readonly (readonly [string, string])[],
  updates: readonly (readonly [string, string])[],
): ZoneSaid {
  const { settings = {}, data } = POLICIES[name]!;
  const own = updates
    .filter(
      ([owner, record], at) =>
        owner.endsWith(`.${name}`) &&
        // RFC 2136 §3.4.2.2: beside other data no alias, and the other way round; the first stands.
        !updates
          .slice(0, at)
          .some(([other, before]) => other === owner && isAlias(before) !== isAlias(record)),
    )
    .map(([owner, record]) => `${owner}. ${data ?? absoluteIn(record)}`);
  const common = base
    .filter(([owner]) => owner !== '.')
    .map(([owner, record]) => `${owner}${name}. ${record}`);
  const soa = `${name}. SOA blx. hostmaster.ns.blx. 1 3600 1200 604800 60`;
  return { name, settings, text: [soa, ...common, ...own, ''].join('\n') };
}

const isAlias = (record: string): boolean => /^CNAME\s/.test(record);

/** Names in updates are absolute to nsupdate, with or without their last dot. */
const absoluteIn = (record: string): string => (isAlias(record) ? record.replace(/([^.])$/, '$1.') : record);

interface Said {
  readonly number: string;
  readonly kind: string;
  readonly words: readonly string[];
  /** Of `here`: lines as dig prints them. */
  readonly lines: readonly string[];
  /** File of the secondary zone by then. */
  readonly secondary: string;
}

function groupsIn(script: string): { name: string; file: string | null; checks: Said[] }[] {
  const groups: { name: string; file: string | null; checks: Said[] }[] = [];
  const lines = script.split('\n');
  const numbers = new Map<string, number>();
  let secondary = SECONDARY.file;
  for (let i = 0; i < lines.length; i += 1) {
    secondary = /^cp ns2\/(\S+) ns2\/bl\.tld2\.db$/.exec(lines[i]!)?.[1] ?? secondary;
    const start = /^start_group "([^"]*)"(?: (\S+))?/.exec(lines[i]!);
    if (start !== null) groups.push({ name: start[1]!, file: start[2] ?? null, checks: [] });
    const [, kind, rest = ''] = /^(nochange|nxdomain|nodata|addr|drop|here) (.*)$/.exec(lines[i]!) ?? [];
    const group = groups.at(-1);
    if (kind === undefined || group === undefined || /^(tests?6|crashes)/.test(group.file ?? '')) continue;
    const words = rest.replace(/#.*/, '').replace(/<<.*/, '').replace(/["']/g, ' ').trim().split(/\s+/);
    const end = kind === 'here' ? lines.findIndex((line, at) => at > i && line === 'EOF') : i;
    numbers.set(group.name, (numbers.get(group.name) ?? 0) + 1);
    if (isOfAnother(words)) continue;
    const number = String(numbers.get(group.name));
    group.checks.push({ number, kind, words, lines: lines.slice(i + 1, end), secondary });
  }
  return groups
    .filter(({ file }) => file === null || /^test[1-5]a?$/.test(file))
    .filter(({ checks }) => checks.length > 0);
}

/** Of a server with policies of its own, or about zones that ns3 has from name servers named in its configuration. */
const isOfAnother = (words: readonly string[]): boolean =>
  words.some((word) => word === '@$ns5' || /\.(static-)?stub/.test(word));

function askedIn(words: readonly string[]): Asked {
  const plain = words.filter((word) => !/^[@+-]|^\$|^TCP$/.test(word) && !/^\d+$/.test(word));
  const type = words.find((word) => /^-t/.test(word))?.slice(2) ?? plain[1] ?? 'A';
  return {
    name: `${plain[0]!.replace(/\.$/, '')}.`,
    type: type.toUpperCase(),
    client: words.includes('-b') ? OTHER_CLIENT : CLIENT,
    isTcp: false,
    dnssecOk: words.includes('+dnssec'),
    isRecursive: !words.includes('+norecurse'),
  };
}

function played(
  group: string,
  { number, kind, words, lines }: Said,
  player: Player,
  lookup: Parameters<typeof resolved>[0],
): Check {
  const asked = askedIn(kind === 'addr' ? words.slice(1) : words);
  let reply = player.ask(asked);
  // It asks as dig does, which comes back over TCP; a check says so where that has to happen.
  const isTruncated = reply?.tc === true;
  if (isTruncated) reply = player.ask({ ...asked, isTcp: true });
  const whole = { group, number, asked: `\`${asked.name} ${asked.type}\`` };
  const got = `${isTruncated ? 'TC, then ' : ''}${shown(reply)}`;
  const expected =
    (words.includes('TCP') ? 'TC, then ' : '') + expectedOf(kind, words, lines, asked, reply, lookup);
  const bare = kind === 'nxdomain' || kind === 'nodata' ? got.replace(/, [^,]* CNAME [^,]*/g, '') : got;
  return { ...whole, expected, got: bare };
}

function expectedOf(
  kind: string,
  words: readonly string[],
  lines: readonly string[],
  asked: Asked,
  reply: Reply | null,
  lookup: Parameters<typeof resolved>[0],
): string {
  if (kind === 'drop') return shown(null);
  if (kind === 'nxdomain') return 'NXDOMAIN';
  if (kind === 'nodata') return 'NOERROR';
  if (kind === 'addr') {
    const type = words[0]!.includes(':') ? 'AAAA' : 'A';
    const [said = ''] = shownRecords([`x. 60 ${type} ${words[0]}`]);
    const has = reply?.rcode === 0 && reply.answer.some((line) => line.endsWith(said.slice(1)));
    return has ? shown(reply) : `NOERROR, ${said}`;
  }
  if (kind === 'here') {
    const rcode = /status: (\w+)/.exec(lines.join('\n'))?.[1] ?? 'NOERROR';
    const records = lines
      .filter((line) => /\sIN\s/.test(line))
      .map((line) => line.trim().replace(/\sx\s/, ' 60 '));
    return [rcode === 'YXDOMAIN' ? '6' : rcode, ...shownRecords(records)].join(', ');
  }
  const { rcode, answer = [] } = resolved(lookup, asked.name, asked.type);
  return shown({ rcode: RCODES[String(rcode)] ?? 0, tc: false, answer: shownRecords(answer) });
}
