// AdGuard's urlfilter, the engine of AdGuard Home, held beside cenote: lists from a grammar of rules for names.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Random } from '../witness/random.ts';
import type { Difference, Engine } from './differential.ts';
import type { Case, Outcome } from './outcome.ts';

const HOSTS = [
  'shop.example',
  'www.shop.example',
  'a.b.shop.example',
  'ads.test',
  'cdn.ads.test',
  'news.test',
];
const ASKED = [
  ...HOSTS,
  'webshop.example',
  'shop.example.evil.test',
  'x.www.shop.example',
  'ads.test.shop.example',
  'cdn.ads.testing.example',
  'other.test',
];
const CLIENT = '192.0.2.9';

const PATTERNS: readonly ((host: string) => string)[] = [
  (host) => `||${host}^`,
  (host) => `||${host}^`,
  (host) => `||${host}^`,
  (host) => host,
  (host) => `||${host}`,
  (host) => `|${host}^`,
  (host) => `|${host}|`,
  (host) => `${host}^`,
  (host) => `*.${host}`,
  (host) => `*.${host}^`,
  (host) => `.${host}^`,
  (host) => `||*.${host}^`,
  (host) => `://${host}^`,
  (host) => `http://${host}^`,
  (host) => `||${host}/*`,
  (host) => `||${host}^|`,
  (host) => `||${host.slice(0, 6)}*^`,
  (host) => `/^${host.replaceAll('.', '\\.')}$/`,
  () => '/ad[a-z]\\./',
  () => '/(shop|news)\\./',
  () => '/CDN/',
  () => '||ads.*^',
  () => 'shop.*.test',
  () => '*',
];

const MODIFIERS = [
  ...['important', 'dnstype=A', 'dnstype=~A', 'dnstype=AAAA|~A', 'dnstype=A|AAAA', 'badfilter', 'badfilter'],
  ...[
    'client=192.0.2.9',
    'client=192.0.2.0/24',
    'client=198.51.100.1',
    'client=~192.0.2.9',
    "client='192.0.2.9'",
  ],
  ...['denyallow=www.shop.example', 'denyallow=shop.example|test', 'ctag=~device_tv', 'ctag=device_tv'],
  ...[
    'important,dnstype=AAAA',
    'important,badfilter',
    'dnstype=A,badfilter',
    'third-party',
    'script',
    'unknown',
  ],
  ...['dnsrewrite=192.0.2.1', 'dnsrewrite=192.0.2.2', 'dnsrewrite=2001:db8::1', 'dnsrewrite=REFUSED'],
  ...[
    'dnsrewrite=wall.test',
    'dnsrewrite=NOERROR;TXT;hello',
    'dnsrewrite=NXDOMAIN;;',
    'dnsrewrite=NOERROR;A;192.0.2.3',
  ],
  ...[
    'dnsrewrite=NOERROR;CNAME;wall.test',
    'dnsrewrite=NOERROR;MX;10 mail.test',
    'dnsrewrite',
    'dnsrewrite=NOERROR;;',
  ],
];

function ruleOf(random: Random): string {
  const host = random.pick(HOSTS);
  if (random.chance(1 / 12)) return `0.0.0.0 ${random.pick([host, host.toUpperCase(), `${host}.`])}`;
  if (random.chance(1 / 12))
    return `${random.pick(['192.0.2.4', '192.0.2.5', '127.0.0.1', '2001:db8::4', '::'])} ${host}`;
  const exception = random.chance(1 / 4) ? '@@' : '';
  const modifiers = random.chance(1 / 2) ? `$${random.pick(MODIFIERS)}` : '';
  return `${exception}${random.pick(PATTERNS)(host)}${modifiers}`;
}

/** The words that the engine reads as rules of another kind of program are no rules here either. */
function make(random: Random): Case {
  const rules = Array.from({ length: 1 + random.from(0, 4) }, () => ruleOf(random));
  // What voids a rule needs one to void.
  const badfilter = rules.find((rule) => rule.includes('badfilter'));
  if (badfilter !== undefined && random.chance(1 / 2))
    rules.push(badfilter.replace(/,badfilter$/, '').replace(/\$badfilter$/, ''));
  const questions = Array.from({ length: 6 }, () => ({
    name: random.pick(ASKED),
    type: random.pick(['A', 'A', 'AAAA', 'TXT', 'MX']),
    client: CLIENT,
  }));
  return { rules: [rules.join('\n')], questions };
}

async function answer(cases: readonly Case[]): Promise<{ version: string; outcomes: Outcome[][] }> {
  const work = mkdtempSync(join(tmpdir(), 'cenote-urlfilter-'));
  const cwd = join(import.meta.dirname, 'urlfilter');
  try {
    execFileSync('go', ['build', '-trimpath', '-o', join(work, 'oracle'), '.'], { cwd, stdio: 'inherit' });
    const input = cases.map(({ rules, questions }) => JSON.stringify({ rules: rules.join('\n'), questions }));
    const run = spawnSync(join(work, 'oracle'), { input: input.join('\n'), maxBuffer: 2 ** 29 });
    if (run.status !== 0) throw new Error(`the oracle failed: ${run.stderr.toString()}`);
    const version = /urlfilter v[\d.]+/.exec(readFileSync(join(cwd, 'go.mod'), 'utf8'))?.[0] ?? '';
    const outcomes = run.stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome[]);
    return { version, outcomes };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const CAUSES = {
  answer:
    "there a hosts line gives 127.0.0.1 or NODATA for the other family; here the answer is the sinkhole's",
  first:
    'there a rewrite goes before every block, and the rewrites of a name and of those above it are joined; here what is important goes first, then the longest name',
  hosts: 'there a hosts line with capital letters or a last dot never matches',
  takeBack:
    'here `@@||name^$dnsrewrite` takes rewrites back, not an exception with conditions or of another pattern',
  badfilter:
    'there `$badfilter` voids a rule that has `$dnstype` or `$denyallow` besides; here a rule of the same conditions',
  twoBadfilters:
    'there of two `$badfilter` rules that match a name neither voids anything; here each its rule',
  allow: 'here an `@@…$important` lets pass what is rewritten, too',
  root: 'here a rule on every name needs `allowPublicSuffixes: true`, or says whom it means',
  end: 'there `||name`, `name^`, `*.name` and their exceptions cover names that go on behind or before the name; here the name and all below',
} as const;

const LINE = /^(\S+) (\S+)$/;

function causeOf({ rules: [text = ''], question: { name }, ours, theirs }: Difference): string | null {
  const rules = text.split('\n');
  const isHost = rules.some((rule) => LINE.exec(rule)?.[2] === name || rule === name);
  if (ours !== 'pass' && theirs !== 'pass') {
    if (ours === 'block' && (theirs === 'nodata' || theirs === 'data 127.0.0.1') && isHost)
      return CAUSES.answer;
    return isHost || rules.some((rule) => rule.includes('dnsrewrite')) ? CAUSES.first : null;
  }
  const isOdd = rules.some((rule) => {
    const host = LINE.exec(rule)?.[2] ?? '';
    return host !== name && host.toLowerCase().replace(/\.$/, '') === name;
  });
  if (theirs === 'pass' && isOdd) return CAUSES.hosts;
  if (rules.some((rule) => goesOn(rule, name))) return CAUSES.end;
  if (rules.some((rule) => /^(@@)?\*\$/.test(rule))) return CAUSES.root;
  if (theirs === 'pass' && rules.some((rule) => rule.includes('badfilter'))) return CAUSES.badfilter;
  if (theirs !== 'pass' && rules.filter((rule) => rule.includes('badfilter')).length > 1)
    return CAUSES.twoBadfilters;
  if (rules.some((rule) => rule.startsWith('@@') && rule.includes('important'))) return CAUSES.allow;
  return rules.some((rule) => rule.startsWith('@@') && rule.includes('dnsrewrite')) ? CAUSES.takeBack : null;
}

/** Whether the name holds the rule's name without ending in it. */
function goesOn(rule: string, name: string): boolean {
  const [, host = ''] = /^(?:@@)?(?:\|\||\*\.)?([a-z.]+?)\^?(?:\$|$)/.exec(rule) ?? [];
  return host.includes('.') && name.includes(host) && name !== host && !name.endsWith(`.${host}`);
}

export const adblock: Engine = {
  name: 'Adblock',
  settings: { format: 'adblock', allowPublicSuffixes: false },
  make,
  answer,
  causeOf,
};
