// Policy zones (RPZ) in BIND, Unbound and PowerDNS Recursor held beside cenote: one or two zones a case, names and wildcards.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../witness/random.ts';
import type { Difference, Engine } from './differential.ts';
import { askedOf, nameIn, prepareUnbound } from './local-data.ts';
import type { Case } from './outcome.ts';
import { askProgram, type Program } from './servers.ts';

const ZONES = ['first.rpz', 'second.rpz'];
/** One a zone. */
const LOADED = ['loaded-1.example', 'loaded-2.example'];
const HEAD = '$TTL 60\n@ SOA localhost. root.localhost. 1 300 60 86400 60\n@ NS localhost.\n';
const ACTIONS = [
  ...['CNAME .', 'CNAME .', 'CNAME *.', 'CNAME rpz-passthru.', 'CNAME rpz-passthru.', 'CNAME rpz-tcp-only.'],
  ...['CNAME rpz-drop.', 'CNAME wall.example.', 'CNAME *.garden.example.'],
];
const DATA = [
  ['A 192.0.2.4'],
  ['A 192.0.2.4', 'A 192.0.2.5'],
  ['AAAA 2001:db8::4'],
  ['TXT "hello"'],
  ['A 192.0.2.4', 'TXT "hello"'],
];

function zoneOf(random: Random, number: number): string {
  const owners = new Set(
    Array.from(
      { length: random.from(0, 4) },
      () => `${random.pick(['', '', '*.'])}${nameIn(random, number)}`,
    ),
  );
  return [...owners]
    .flatMap((owner) => {
      const data = random.chance(0.25) ? random.pick(DATA) : [random.pick(ACTIONS)];
      return data.map((record) => `${owner} ${record}`);
    })
    .join('\n');
}

const make = (random: Random, number: number): Case => ({
  rules: ZONES.map((_, i) => (i === 0 || random.chance(0.5) ? `${HEAD}${zoneOf(random, number)}\n` : HEAD)),
  questions: askedOf(random, number),
});

/** Writes all cases' zones, one file a zone. @returns the paths */
function writeZones(dir: string, cases: readonly Case[]): string[] {
  return ZONES.map((zone, i) => {
    const path = join(dir, zone);
    writeFileSync(
      path,
      `${HEAD}${LOADED[i]} CNAME .\n${cases.map(({ rules }) => (rules[i] ?? '').slice(HEAD.length)).join('')}`,
    );
    return path;
  });
}

const bind: Program = {
  name: 'named',
  loaded: LOADED,
  prepare: ({ dir, port, upstream }, cases) => {
    const paths = writeZones(dir, cases);
    const file = join(dir, 'named.conf');
    writeFileSync(
      file,
      `options {
  directory "${dir}"; pid-file none; session-keyfile none; managed-keys-directory "${dir}";
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion yes; dnssec-validation no; forward only; forwarders { 127.0.0.1 port ${upstream}; };
  response-policy { ${ZONES.map((zone) => `zone "${zone}";`).join(' ')} } qname-wait-recurse no;
};
controls { };
${ZONES.map((zone, i) => `zone "${zone}" { type primary; file "${paths[i]}"; };`).join('\n')}
`,
    );
    return ['-f', '-c', file];
  },
};

const unbound: Program = {
  name: 'unbound',
  loaded: LOADED,
  prepare: (place, cases) => {
    const paths = writeZones(place.dir, cases);
    const zones = ZONES.map((zone, i) => `rpz:\n  name: "${zone}"\n  zonefile: "${paths[i]}"`);
    return prepareUnbound(place, 'respip iterator', zones.join('\n'));
  },
};

const recursor: Program = {
  name: 'pdns_recursor',
  loaded: LOADED,
  prepare: ({ dir, port, upstream }, cases) => {
    const paths = writeZones(dir, cases);
    writeFileSync(
      join(dir, 'lua'),
      ZONES.map((zone, i) => `rpzFile('${paths[i]}', { policyName='${zone}' })`).join('\n'),
    );
    writeFileSync(
      join(dir, 'recursor.conf'),
      `local-address=127.0.0.1
local-port=${port}
forward-zones-recurse=.=127.0.0.1:${upstream}
lua-config-file=${dir}/lua
socket-dir=${dir}
daemon=no
dnssec=off
threads=1
disable-packetcache=yes
`,
    );
    return [`--config-dir=${dir}`];
  },
};

/** RFC 4592 §2.2. */
const CAUSES = {
  below:
    'below a name that the zone holds by itself, or that stands between two that it holds (RFC 4592): BIND and Unbound pass or take the wildcard nearer by, Recursor and cenote take the wildcard above',
} as const;

/** Whether a zone holds a wildcard above the name and a name between the two. */
function isBelowAName(rules: readonly string[], name: string): boolean {
  return rules.some((text) => {
    const owners = text
      .slice(HEAD.length)
      .split('\n')
      .map((line) => line.split(' ')[0]!);
    return owners.some(
      (owner) =>
        owner.startsWith('*.') &&
        name.endsWith(owner.slice(1)) &&
        owners.some((other) => {
          const held = other.replace(/^\*\./, '');
          return (
            other !== owner &&
            held.endsWith(owner.slice(1)) &&
            (name === held || name.endsWith(`.${held}`) || held.endsWith(`.${name}`))
          );
        }),
    );
  });
}

const causeOf = ({ rules, question: { name } }: Difference): string | null =>
  isBelowAName(rules, name) ? CAUSES.below : null;

const versionOf = (program: string, option: string): string => {
  const text = execFileSync('/bin/sh', ['-c', `${program} ${option} 2>&1`], { encoding: 'utf8' });
  return /(?:BIND|Version|Recursor) ([\w.~+-]+)/.exec(text)?.[1] ?? '';
};

const engineOf = (name: string, program: Program, option: string): Engine => ({
  name,
  settings: { format: 'rpz', action: 'zone', allowPublicSuffixes: true },
  make,
  answer: async (cases) => ({
    version: versionOf(program.name, option),
    outcomes: await askProgram(program, cases),
  }),
  causeOf,
});

export const policyZones: readonly Engine[] = [
  engineOf('RPZ-BIND', bind, '-v'),
  engineOf('RPZ-Unbound', unbound, '-V'),
  engineOf('RPZ-Recursor', recursor, '--version'),
];
