// What `cenote query` says is what a client gets: random configurations, lists, upstreams, clients and hours, each question
// put to a walk as a resolver thread has it, and explained from what that walk keeps, or from the upstreams themselves.
//
// EXPLAIN_CASES=10000 plays a longer one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { AnswerCache } from '../../../src/cache/answer-cache.ts';
import type { Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { explain } from '../../../src/daemon/explain/explain.ts';
import type { AnswerSource } from '../../../src/daemon/explain/known-answers.ts';
import { answerIn } from '../../../src/daemon/explain/reply-text.ts';
import { keptAnswer } from '../../../src/daemon/threads/kept-answer.ts';
import { makeRuling } from '../../../src/daemon/threads/make-ruling.ts';
import { compileRuleSet } from '../../../src/lists/compile.ts';
import { Policy } from '../../../src/policy/decide.ts';
import { assignKnown, Groups } from '../../../src/policy/groups.ts';
import type { RuleSet } from '../../../src/policy/rule.ts';
import { minuteOfWeek } from '../../../src/policy/schedule.ts';
import { VERDICT } from '../../../src/policy/verdict.ts';
import { Views } from '../../../src/policy/views.ts';
import { Access } from '../../../src/resolver/access.ts';
import { Budgets, createBudgets } from '../../../src/resolver/budgets.ts';
import { ENDING } from '../../../src/resolver/query-observer.ts';
import { Walk } from '../../../src/resolver/walk.ts';
import { FAILURE } from '../../../src/upstream/exchange.ts';
import { readU16 } from '../../../src/wire/header.ts';
import { OUTCOME, type Query, TRANSPORT } from '../../../src/wire/message/query.ts';
import { addressOctets } from '../../../src/wire/names/address.ts';
import { skipName } from '../../../src/wire/names/name.ts';
import { nameToText } from '../../../src/wire/names/presentation.ts';
import {
  queryOf,
  type RecordParts,
  replyOf,
  wireMessage,
  wireName,
  wireOpt,
} from '../../support/wire-message.ts';

const CASES = Number(process.env['EXPLAIN_CASES'] ?? 192);
const A_CONFIG = 24;
const NAMES = (
  'a.test www.a.test deep.www.a.test b.test cdn.b.test c.example.org x.c.example.org nas.lan www.nas.lan printer.lan ' +
  'localhost bad.onion router.home.arpa 7.0.0.10.in-addr.arpa use-application-dns.net corp.example db.corp.example'
).split(' ');
const TYPES = { A: 1, CNAME: 5, TXT: 16, AAAA: 28, HTTPS: 65, ANY: 255, AXFR: 252 } as const;
const CLIENTS = ['192.0.2.7', '192.0.2.77', '198.51.100.9', '2001:db8::5', '127.0.0.1'];
const HOURS = [new Date(2026, 10, 24, 9), new Date(2026, 10, 24, 23), new Date(2026, 10, 29, 12)];

/** Of negative answers, so that they are kept. */
const SOA = [
  0,
  0,
  ...[1, 7200, 3600, 86_400, 300].flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]),
];

type Random = <T>(from: readonly T[]) => T;

/** The same numbers every time (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed;
  return (from) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return from[((x ^ (x >>> 14)) >>> 0) % from.length]!;
  };
}

const some = (pick: Random, of: () => string, most: number): string[] =>
  Array.from({ length: pick(Array.from({ length: most + 1 }, (_, i) => i)) }, of);

function zoneText(pick: Random): string {
  const name = (): string => pick(['', '', '*.']) + pick(NAMES);
  const line = (): string =>
    pick([
      () =>
        `${name()} CNAME ${pick(['.', '*.', 'rpz-passthru.', 'rpz-drop.', `${pick(NAMES)}.`, '*.c.example.org.'])}`,
      () => `${name()} ${pick(['A 192.0.2.99', 'AAAA 2001:db8::99', 'TXT "text of the zone"'])}`,
      () =>
        `${pick(['32.7.100.51.198', '24.0.113.0.203', '8.0.0.0.10'])}.rpz-ip CNAME ${pick(['.', '*.', 'rpz-passthru.'])}`,
      () => `32.7.2.0.192.rpz-client-ip CNAME ${pick(['.', 'rpz-passthru.'])}`,
    ])();
  return `$ORIGIN rpz.example.\n@ 60 IN SOA a. b. 1 2 3 4 5\n${some(pick, line, 5).join('\n')}\n`;
}

function ruleText(pick: Random): string {
  const name = (): string => pick(NAMES);
  const line = (): string =>
    pick([
      () => `||${name()}^`,
      () => `@@||${name()}^`,
      () => `||${name()}^$important`,
      () => `||${name()}^$dnstype=${pick(['A', 'AAAA', '~A'])}`,
      () => `||${name()}^$dnsrewrite=${pick(['192.0.2.98', 'NXDOMAIN', 'REFUSED', pick(NAMES)])}`,
      () => `||${name()}^$client=${pick(['192.0.2.7', '~192.0.2.7', '192.0.2.0/24'])}`,
      () => `/${pick(['^www\\.', 'cdn', 'example'])}/`,
    ])();
  return `! rules\n||always.test^\n${some(pick, line, 5).join('\n')}\n`;
}

function configText(pick: Random): string {
  const record = (): string =>
    JSON.stringify(
      `${pick(['nas.lan', 'printer.lan', 'a.test', 'www.nas.lan'])} ${pick([`CNAME ${pick(NAMES)}`, 'A 192.0.2.44', 'TXT "own"'])}`,
    );
  const lists = (): string =>
    `[${[...new Set(some(pick, () => pick(['zone1', 'zone2', 'rules', 'ours', 'seen']), 5))].join(', ')}]`;
  const records = [...new Set(some(pick, record, 3))].filter(
    (one, i, all) => all.findIndex((other) => other.split(' ')[0] === one.split(' ')[0]) === i,
  );
  return `
access: { allow: [any] }
sinkhole: { answer: ${pick(['nullip', 'nxdomain', 'nodata', 'refused', '{ a: 192.0.2.250 }'])} }
rebinding: { protect: ${pick(['true', 'true', 'false'])}, except: [${pick(['', 'b.test'])}] }
local: { records: [${records.join(', ')}], specialNames: ${pick(['true', 'true', 'false'])}, canaries: ${pick(['true', 'false'])} }
upstreams: { default: [192.0.2.1], routes: { corp.example: [192.0.2.2] } }
lists:
  zone1: { source: zone1, format: rpz, action: zone }
  zone2: { source: zone2, format: rpz, action: zone }
  rules: { source: rules, format: adblock }
  ours: { source: ours, action: allow }
  seen: { source: seen, mode: monitor }
groups:
  default: { clients: [any], lists: [zone1, zone2, rules, ours, seen] }
  shop: { clients: [192.0.2.77], lists: ${lists()}, schedule: "Mon-Fri 08:00-18:00" }
  lab: { clients: [198.51.100.0/24], lists: ${lists()}, inspect: ${pick(['true', 'false'])}, upstreams: [192.0.2.3] }
`;
}

/** What the upstreams of a world say: by view and name. */
function upstreamOf(pick: Random): (name: string, type: number, view: number) => Uint8Array | null {
  const said = new Map<string, () => { rcode: number; answers: RecordParts[] } | null>();
  const lines = (name: string): (() => { rcode: number; answers: RecordParts[] } | null) => {
    const kind = pick([
      'address',
      'address',
      'alias',
      'alias',
      'private',
      'text',
      'none',
      'nxdomain',
      'dead',
    ]);
    const to = pick(NAMES);
    const last = pick([7, 9]);
    const address = (owner: string): RecordParts => ({ name: owner, type: 1, rdata: [198, 51, 100, last] });
    return () => {
      if (kind === 'dead') return null;
      if (kind === 'nxdomain') return { rcode: 3, answers: [] };
      if (kind === 'none') return { rcode: 0, answers: [] };
      if (kind === 'text') return { rcode: 0, answers: [{ name, type: 16, rdata: [2, 104, 105] }] };
      if (kind === 'private') return { rcode: 0, answers: [{ name, type: 1, rdata: [10, 0, 0, last] }] };
      if (kind === 'alias' && to !== name)
        return { rcode: 0, answers: [{ name, type: 5, rdata: wireName(to) }, address(to)] };
      return { rcode: 0, answers: [address(name)] };
    };
  };
  return (name, type, view) => {
    const key = `${view} ${name}`;
    if (!said.has(key)) said.set(key, lines(name));
    const one = said.get(key)!();
    if (one === null) return null;
    const answers = one.answers.filter(
      (record) => record.type === type || (record.type === 5 && type !== 252),
    );
    const hasData = answers.some((record) => record.type === type);
    const authority = hasData ? [] : [{ name: '', type: 6, rdata: SOA }];
    return wireMessage({ flags: 0x8180 | one.rcode, name, type, answers, authority });
  };
}

interface World {
  readonly config: Config;
  readonly ruleSet: RuleSet;
  readonly paused: string[];
  readonly text: string;
}

async function worldOf(dir: string, pick: Random): Promise<World> {
  const file = join(dir, 'cenote.yaml');
  const text = configText(pick);
  writeFileSync(file, text);
  const { config, problems } = loadConfig({ file, environment: {}, workingDirectory: dir });
  if (config === null) throw new Error(`${JSON.stringify(problems)}\n${text}`);
  const texts: Record<string, string> = {
    zone1: zoneText(pick),
    zone2: zoneText(pick),
    rules: ruleText(pick),
    ours: `spare.test\n${some(pick, () => pick(NAMES), 2).join('\n')}\n`,
    seen: `spare.test\n${some(pick, () => pick(NAMES), 3).join('\n')}\n`,
  };
  const { ruleSet } = await compileRuleSet({
    revision: 1,
    seed: 1,
    lists: config.lists.map((list) => ({
      config: { ...list, allowPublicSuffixes: true },
      body: { kind: 'bytes', bytes: new TextEncoder().encode(texts[list.name]) },
      fallback: null,
      previousEntries: null,
    })),
  });
  const paused = pick([[], [], ['default'], ['lab']]);
  return { config, ruleSet, paused, text: `${text}\n${Object.values(texts).join('\n---\n')}` };
}

interface Got {
  /** `none` when nothing is sent. */
  readonly rcode: string;
  readonly records: readonly string[];
  /** Whether a rule or the rebinding protection answered. */
  readonly isByRule: boolean;
}

/** A resolver thread of a world at an hour: what `dig +tcp` gets, and what is kept of it. */
function threadOf({ config, ruleSet, paused }: World, at: Date, say: ReturnType<typeof upstreamOf>) {
  const policy = new Policy(ruleSet, config.groups, config.sinkhole.answer);
  policy.setMinute(
    minuteOfWeek(at),
    config.groups.map(({ name }) => paused.includes(name)),
  );
  const limits = { perSecond: 0, burst: 1 };
  const access = new Access({ ...config.access, rateLimit: limits }, new Budgets(createBudgets(0, 1)));
  const views = new Views(config.groups, 0);
  const groups = new Groups(config.groups, assignKnown(config.groups, []));
  const own = {
    policy,
    groups,
    access,
    views,
    identities: null,
    ownIds: null,
    audiences: null,
    ownOptions: null,
    firstSight: null,
  };
  const cache = new AnswerCache({ ...config.cache, entries: 64, bytesMax: 1 << 18 });
  const late: (() => void)[] = [];
  let hits = 0;
  let isWithheld = false;
  const walk = new Walk({
    ruling: makeRuling(config, { hosts: [], designation: [] }, own),
    cacheConfig: { ...config.cache, entries: 64 },
    cache,
    forwarder: {
      ask: (message, length, asker, ticket, view = 0) => {
        const end = skipName(message, 12, length);
        const answer = say(nameToText(message.slice(12, end)).toLowerCase(), readU16(message, end), view);
        late.push(() =>
          answer === null
            ? asker.settled(ticket, message, 0, FAILURE.timeout, 'test')
            : asker.settled(ticket, answer.slice(), answer.length, FAILURE.none, 'test'),
        );
      },
      close: async () => {},
    },
    observer: {
      hit: (_, { code }) => {
        hits += code === VERDICT.monitor ? 0 : 1;
      },
      end: (_, ending) => {
        isWithheld = ending === ENDING.withheld;
      },
      held: { place: -1, number: 0 },
      revision: 0,
      again: () => false,
      allowed: () => {},
      heardOf: () => undefined,
      missed: () => {},
      waited: () => {},
      claimIgnored: () => {},
      leads: () => {},
    },
    nowMs: () => 1_000_000,
    seed: 1,
  });
  const dig = (name: string, type: number, client: string): Got => {
    hits = 0;
    isWithheld = false;
    const query = queryOf(wireMessage({ name, type, additional: [wireOpt()] }), 65_535);
    query.transport = TRANSPORT.tcp;
    query.arrivedMs = 1_000_000;
    const octets = addressOctets(client)!;
    query.address.set(octets.length === 4 ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...octets] : octets);
    let reply: Uint8Array | null = null;
    query.origin = {
      send: (sent: Query) => {
        reply = replyOf(sent);
      },
      abandon: () => {},
    };
    if (walk.answer(query) === OUTCOME.answered) reply = replyOf(query);
    for (let next = late.shift(); next !== undefined; next = late.shift()) next();
    if (reply === null) return { rcode: 'none', records: [], isByRule: hits > 0 };
    const { rcode, records } = answerIn(reply);
    return { rcode, records, isByRule: hits > 0 || isWithheld };
  };
  const kept: AnswerSource = async ({ name, qtype, group }) => {
    const found = keptAnswer({ kind: 'kept', name, qtype, group, sequence: 1 }, cache, views, 1_000_000);
    return found.kind === 'kept' && found.message !== null ? { message: found.message, from: 'kept' } : null;
  };
  const asked: AnswerSource = async ({ name, qtype, view }) => {
    const message = say(nameToText(name).toLowerCase(), qtype, view);
    return message === null ? null : { message, from: 'asked' };
  };
  return { dig, kept, asked };
}

const BLOCKING = new Set(['sinkhole', 'nxdomain', 'nodata', 'refused', 'drop', 'rewrite']);

t.test(`what is explained is what a client gets (${CASES} random cases)`, async (t) => {
  const dir = t.testdir({ zone1: '', zone2: '', rules: '', ours: '', seen: '' });
  const pick = randomFrom(Number(process.env['EXPLAIN_SEED'] ?? 1));
  const seen = new Map<string, number>();
  let differ = 0;
  for (let done = 0; done < CASES && differ < 5; ) {
    const world = await worldOf(dir, pick);
    const say = upstreamOf(pick);
    const threads = HOURS.map((at) => threadOf(world, at, say));
    for (let i = 0; i < A_CONFIG; i += 1, done += 1) {
      const [name, type, client, at] = [
        pick(NAMES),
        pick(['A', 'A', 'A', ...Object.keys(TYPES)]),
        pick(CLIENTS),
        pick(HOURS),
      ];
      const { dig, kept, asked } = threads[HOURS.indexOf(at)]!;
      const isAsked = pick([true, false]);
      const got = dig(name, TYPES[type as keyof typeof TYPES], client);
      const { config, ruleSet, paused } = world;
      const sources = isAsked ? [asked] : [kept];
      const said = await explain({ name, type, client }, { config, ruleSet, known: [], at, paused, sources });
      const without = await explain(
        { name, type, client },
        { config, ruleSet, known: [], at, paused, sources: [] },
      );
      const isBlocked = BLOCKING.has(said.verdict);
      const problems = [
        said.reply !== null &&
        (said.reply.rcode !== got.rcode || said.reply.records.join() !== got.records.join())
          ? 'another reply'
          : '',
        said.answeredBy !== 'refused' && isBlocked !== got.isByRule ? 'blocked or not' : '',
        said.reply === null && isAsked && got.rcode !== 'SERVFAIL'
          ? 'no reply though upstreams were asked'
          : '',
        without.reply !== null && without.reply.rcode !== got.rcode ? 'another reply without upstreams' : '',
        said.blockedTarget !== null && got.records.some((record) => record.startsWith('CNAME '))
          ? 'led on to what is blocked'
          : '',
        without.reply === null && BLOCKING.has(without.verdict) && !got.isByRule
          ? 'blocked without upstreams'
          : '',
      ].filter((problem) => problem !== '');
      const kind = `${said.answeredBy} ${said.verdict}${said.via === null ? '' : ' via'} ${said.upstreamAnswer ?? '-'}`;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      if (problems.length === 0) continue;
      differ += 1;
      t.fail(`${name} ${type} by ${client} at ${at.toISOString()}: ${problems.join(', ')}`, {
        got,
        said: { ...said, entries: undefined },
        world: world.text.split('\n'),
        paused,
      });
    }
  }
  t.equal(differ, 0);
  const kinds = [...seen.keys()].join('\n');
  for (const kind of ['lists', 'records', 'special', 'upstreams pass kept', 'upstreams pass asked', / via /])
    t.match(kinds, kind, `the worlds have ${kind}`);
  if (CASES > 1000) t.comment([...seen].map(([kind, count]) => `${count} ${kind}`).join('; '));
});
