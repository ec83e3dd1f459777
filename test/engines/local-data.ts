// dnsmasq and Unbound held beside cenote: lists as their users write them.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../witness/random.ts';
import type { Engine } from './differential.ts';
import type { Case, Question } from './outcome.ts';
import { askProgram, type Place, type Program, suffixOf } from './servers.ts';

const LABELS = ['shop', 'ads', 'a.shop', 'x.a.shop', 'news', 'cdn.ads'];
const ASKED = [...LABELS, 'www.shop', 'y.x.a.shop', 'webshop', 'b.cdn.ads', 'other'];

export function askedOf(random: Random, number: number): Question[] {
  return Array.from({ length: 6 }, () => ({
    name: `${random.pick(ASKED)}.${suffixOf(number)}`,
    type: random.pick(['A', 'A', 'AAAA', 'TXT']),
    client: '127.0.0.1',
  }));
}

export const nameIn = (random: Random, number: number): string =>
  `${random.pick(LABELS)}.${suffixOf(number)}`;

/** A forwarder's address in a list: the process under test is given one that answers. */
const FORWARDER = '192.0.2.53';

function dnsmasqLine(random: Random, number: number): string {
  const name = nameIn(random, number);
  const shown = random.pick([name, name, name, name.toUpperCase(), `.${name}`, `*.${name}`]);
  const several = random.chance(0.1) ? `${shown}/${nameIn(random, number)}` : shown;
  const key = random.pick(['address', 'address', 'server', 'local']);
  const values = {
    address: ['', '#', '0.0.0.0', '::', '192.0.2.4', '192.0.2.5', '2001:db8::4'],
    server: ['', '#', FORWARDER],
    local: ['', '', '#'],
  } as const;
  return `${key}=/${several}/${random.pick(values[key as keyof typeof values])}`;
}

const dnsmasqProgram: Program = {
  name: 'dnsmasq',
  prepare: ({ dir, port, upstream }, cases) => {
    const file = join(dir, 'dnsmasq.conf');
    const text = cases.map(({ rules }) => rules.join('\n')).join('\n');
    writeFileSync(
      file,
      `port=${port}\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\ncache-size=0\nserver=127.0.0.1#${upstream}\npid-file=\n${text.replaceAll(FORWARDER, `127.0.0.1#${upstream}`)}\n`,
    );
    return ['--keep-in-foreground', '--user=root', '--log-facility=/dev/null', `--conf-file=${file}`];
  },
};

const versionOf = (program: string, option: string): string =>
  /[\d.]+[\w.~+-]*/.exec(
    execFileSync(program, [option], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )?.[0] ?? '';

export const dnsmasq: Engine = {
  name: 'dnsmasq',
  settings: { format: 'dnsmasq', action: 'zone', allowPublicSuffixes: true },
  make: (random, number): Case => ({
    rules: [Array.from({ length: random.from(1, 5) }, () => dnsmasqLine(random, number)).join('\n')],
    questions: askedOf(random, number),
  }),
  answer: async (cases) => ({
    version: versionOf('dnsmasq', '--version'),
    outcomes: await askProgram(dnsmasqProgram, cases),
  }),
  causeOf: ({ rules: [text = ''], question: { name, type }, ours, theirs }) => {
    const rules = text
      .toLowerCase()
      .split('\n')
      .map((line) => {
        const [, key = '', names = '', value = ''] = /^(\w+)=\/(.*)\/([^/]*)$/.exec(line) ?? [];
        return { key, names: names.split('/').map((one) => one.replace(/^\*?\./, '')), value };
      })
      .filter(({ names }) => names.some((one) => name === one || name.endsWith(`.${one}`)));
    const isAddress = rules.some(({ key, value }) => key === 'address' && value !== '');
    if (isAddress && theirs === 'pass' && type !== 'A') return DNSMASQ.types;
    if (isAddress && theirs === 'pass' && rules.some(({ value }) => value.includes(':')))
      return DNSMASQ.types;
    const several = new Set(rules.map(({ key, value }) => `${key} ${value}`)).size > 1;
    if (several && ours !== 'pass' && theirs !== 'pass') return DNSMASQ.several;
    if (rules.some(({ value }) => value === '#' || value === FORWARDER) && several) return DNSMASQ.exception;
    return null;
  },
};

const DNSMASQ = {
  types:
    'there an address stops queries of its family alone, `#` those for A and AAAA; the others are forwarded; here they are stopped, too',
  several: 'several lines on one name, or on names above each other: which of them answers',
  exception:
    '`server=/name/ADDRESS` forwards there and says nothing here; of several lines of one name which answers other types than A and AAAA',
} as const;

const KINDS = (
  'static refuse deny redirect transparent typetransparent inform inform_deny inform_redirect always_transparent ' +
  'always_refuse always_nxdomain always_nodata always_deny always_null nodefault noview'
).split(' ');

/** @param zones names with their kinds; Unbound takes no data below a zone that redirects */
function unboundLines(random: Random, number: number, zones: Map<string, string>): string[] {
  const name = nameIn(random, number);
  const kind = random.chance(0.15) ? '' : random.pick(KINDS);
  const isBad = [...zones].some(
    ([other, of]) =>
      other === name ||
      (of.includes('redirect') && name.endsWith(`.${other}`)) ||
      (kind.includes('redirect') && other.endsWith(`.${name}`)),
  );
  if (isBad) return [];
  zones.set(name, kind);
  const lines: string[] = [];
  if (kind !== '') lines.push(`local-zone: "${name}${random.pick(['', '', '.'])}" ${kind}`);
  if (lines.length === 0 || random.chance(0.35)) {
    const data = random.pick([
      ['A 192.0.2.4'],
      ['A 192.0.2.4', 'A 192.0.2.5'],
      ['AAAA 2001:db8::4'],
      ['TXT hello'],
      ['A 0.0.0.0'],
      ['CNAME wall.example.'],
      ['A 192.0.2.4', 'TXT hello'],
    ]);
    for (const record of data)
      lines.push(`local-data: "${name} ${random.pick(['', '60 ', 'IN ', '60 IN '])}${record}"`);
  }
  return lines;
}

/** @param own lines of the server's section and sections behind it @returns Unbound's arguments */
export function prepareUnbound({ dir, port, upstream }: Place, modules: string, own: string): string[] {
  const file = join(dir, 'unbound.conf');
  writeFileSync(
    file,
    `server:
  directory: "${dir}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  num-threads: 1
  interface: 127.0.0.1@${port}
  do-not-query-localhost: no
  module-config: "${modules}"
${own}
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@${upstream}
remote-control:
  control-enable: no
`,
  );
  return ['-d', '-c', file];
}

const unboundProgram: Program = {
  name: 'unbound',
  prepare: (place, cases) =>
    prepareUnbound(place, 'iterator', cases.map(({ rules }) => rules.join('\n')).join('\n')),
};

export const unbound: Engine = {
  name: 'Unbound',
  settings: { format: 'unbound', action: 'zone', allowPublicSuffixes: true },
  make: (random, number): Case => {
    const zones = new Map<string, string>();
    const lines = Array.from({ length: random.from(1, 5) }, () => unboundLines(random, number, zones)).flat();
    return { rules: [lines.join('\n')], questions: askedOf(random, number) };
  },
  answer: async (cases) => ({
    version: versionOf('unbound', '-V'),
    outcomes: await askProgram(unboundProgram, cases),
  }),
  causeOf: ({ rules: [text = ''], question: { name }, ours, theirs }) => {
    const kinds = [...text.matchAll(/local-zone: "([^"]*?)\.?" (\S+)/g)].flatMap(
      ([, zone = '', kind = '']) => (name === zone || name.endsWith(`.${zone}`) ? [kind] : []),
    );
    const hasData = [...text.matchAll(/local-data: "(\S+)/g)].some(([, of]) => of === name);
    if (ours !== 'pass' && theirs !== 'pass') return kinds.length > 0 || hasData ? UNBOUND.answer : null;
    if (theirs === 'pass' && kinds.some((kind) => /transparent|^inform$|noview|nodefault/.test(kind)))
      return UNBOUND.silent;
    return null;
  },
};

const UNBOUND = {
  answer:
    'both stop it; data of a name inside a zone of another kind, `redirect` without data, 0.0.0.0 for AAAA: which of the answers',
  silent:
    'there the innermost zone decides, and `transparent`, `typetransparent`, `inform`, `noview` let pass what is in them; here they say nothing, and the zone above holds',
} as const;
