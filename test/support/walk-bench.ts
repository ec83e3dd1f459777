// A walk without sockets: queries go in as messages, upstreams answer when the test says so, time passes when it says so.
import { AnswerCache } from '../../src/cache/answer-cache.ts';
import type {
  GroupConfig,
  LocalConfig,
  LocalRecord,
  Route,
  SinkholeAnswer,
} from '../../src/config/config.ts';
import { ENDING_NAMES } from '../../src/events/counters.ts';
import { Policy } from '../../src/policy/decide.ts';
import { Groups } from '../../src/policy/groups.ts';
import type { RuleSet } from '../../src/policy/rule.ts';
import { VERDICT_NAMES } from '../../src/policy/verdict.ts';
import { Views } from '../../src/policy/views.ts';
import { Access } from '../../src/resolver/access.ts';
import { Budgets, createBudgets } from '../../src/resolver/budgets.ts';
import type { Identities } from '../../src/resolver/identity/identities.ts';
import { Rebinding } from '../../src/resolver/inspect/rebinding.ts';
import type { About } from '../../src/resolver/local/about.ts';
import { LocalNames } from '../../src/resolver/local/local-names.ts';
import type { OwnOptions } from '../../src/resolver/local/own-options.ts';
import { type StructuredErrorConfig, StructuredErrors } from '../../src/resolver/local/structured-error.ts';
import { isByRule, type QueryObserver } from '../../src/resolver/query-observer.ts';
import type { Ruling } from '../../src/resolver/ruling.ts';
import { Sinkhole } from '../../src/resolver/sinkhole.ts';
import { Walk } from '../../src/resolver/walk.ts';
import { type Asker, FAILURE, type Failure } from '../../src/upstream/exchange.ts';
import { type Outcome, type Query, TRANSPORT } from '../../src/wire/message/query.ts';
import { addressToText } from '../../src/wire/names/address.ts';
import { nameToText } from '../../src/wire/names/presentation.ts';
import { groupOf } from './group.ts';
import { type AddressWords, type ListWords, type RuleWords, ruleSetOf } from './rule-set.ts';
import {
  type MessageParts,
  queryOf,
  type RecordParts,
  replyOf,
  wireMessage,
  wireName,
} from './wire-message.ts';

const CACHE = {
  entries: 100,
  bytesMax: 1_000_000,
  minTtlSeconds: 0,
  maxTtlSeconds: 86_400,
  negativeTtlSeconds: 3600,
  serveStaleSeconds: 86_400,
  prefetch: true,
};
/** 192.0.2.0/24. */
const ALLOWED = [
  { bytes: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 0]), bits: 120, text: '' },
];
/** Machines that a trusted neighbour asks for may be anywhere. */
const EVERYBODY = [{ bytes: new Uint8Array(16), bits: 0, text: '' }];
const NO_RECORDS: LocalConfig = { records: [], hosts: null, specialNames: true, canaries: true };

export const a = (name: string, ttl = 300): RecordParts => ({ name, type: 1, ttl, rdata: [192, 0, 2, 1] });
export const cname = (name: string, target: string): RecordParts => ({
  name,
  type: 5,
  rdata: wireName(target),
});
export const rcode = (message: Uint8Array): number => message[3]! & 15;
export const counts = (message: Uint8Array): number[] =>
  [6, 8, 10].map((at) => (message[at]! << 8) | message[at + 1]!);

/** What decides; all of it can be replaced, as a reload does. */
export interface BenchState {
  readonly lists: readonly ListWords[];
  readonly words: readonly RuleWords[];
  readonly addresses: readonly AddressWords[];
  /** In place of `lists`, `words` and `addresses`; clients may then be anywhere. */
  readonly ruleSet?: RuleSet;
  readonly groups: readonly GroupConfig[];
  readonly routes: readonly Route[];
  /** Names excepted from rebinding protection. */
  readonly except: readonly string[];
  readonly local: LocalConfig;
  readonly perSecond: number;
  /** In place of the bench's own, which fills `hits`, `endings` and `told`. */
  readonly observer?: QueryObserver;
  readonly ofZones?: (query: Query) => Outcome | null;
  /** Of the default upstreams; another one where a reload changed upstreams. */
  readonly firstView: number;
  readonly designation?: readonly LocalRecord[];
  readonly identities?: Identities;
  readonly about?: About;
  readonly ownOptions?: OwnOptions;
  readonly structured?: StructuredErrorConfig;
  /** Of the sinkhole; `nullip` by default. */
  readonly answer?: SinkholeAnswer;
}

interface Told {
  readonly client: number;
  readonly transport: number;
  readonly name: string;
  readonly hit: string | null;
  readonly ending: string;
  /** Octets of what it was led to. */
  readonly way: number;
}

/** What is told is held until so much more has been told. */
const HELD_MAX = 50;

export interface Bench {
  readonly walk: Walk;
  readonly asked: { message: Uint8Array; asker: Asker; ticket: number; view: number | undefined }[];
  /** `verdict qname via list-number`. */
  readonly hits: string[];
  readonly endings: string[];
  /** What was told of each query, with its client, however it was told. */
  readonly told: Told[];
  /** How many of them were told by `again`. */
  readonly again: () => number;
  readonly sent: Uint8Array[];
  /** Queries that an exception let pass; questions asked upstream; how long clients' queries waited. */
  allowed: number;
  missed: number;
  readonly waitsMs: number[];
  /** @param from last octet of the client's address in 192.0.2.0/24 */
  ask(
    parts?: MessageParts,
    from?: number,
    transport?: Query['transport'],
    network?: readonly [number, number, number],
  ): { outcome: number; reply: Uint8Array; query: Query };
  respond(parts: MessageParts): void;
  fail(failure: Failure): void;
  use(said: Partial<BenchState>): void;
  advance(ms: number): void;
}

export function walkBench(said: Partial<BenchState> = {}): Bench {
  let nowMs = 1_000_000;
  const lists = said.lists ?? [];
  let now: BenchState = {
    lists,
    words: [],
    addresses: [],
    groups: [groupOf({ lists: lists.map((list) => list.name) })],
    routes: [],
    except: [],
    local: NO_RECORDS,
    perSecond: 0,
    firstView: 0,
    ...said,
  };
  const asked: Bench['asked'] = [];
  const hits: string[] = [];
  const endings: string[] = [];
  const sent: Uint8Array[] = [];
  const told: Told[] = [];
  let again = 0;
  let way = 0;
  const held = { place: 0, number: 0 };
  const tell = (query: Query, hit: string | null, ending: string): void => {
    if (hit !== null) hits.push(hit);
    const { transport } = query;
    const name = query.qnameEnd === 0 ? '' : nameToText(query.qname);
    told.push({ client: query.address[15]!, transport, name, hit, ending, way });
    held.number = told.length - 1;
  };
  const walk: Walk = new Walk({
    ruling: rulingOf(now),
    cacheConfig: CACHE,
    cache: new AnswerCache({ ...CACHE, bytesMax: 1 << 20 }),
    forwarder: {
      ask: (message, length, asker, ticket, view) =>
        void asked.push({ message: message.slice(0, length), asker, ticket, view }),
      close: async () => {},
    },
    observer: said.observer ?? {
      hit: (query, verdict, via) =>
        tell(
          query,
          `${VERDICT_NAMES[verdict.code]} ${nameToText(query.qname)} ${viaText(via, verdict.addressBits)} ${walk.ruling.policy.rule(verdict.rule)?.list}`,
          '',
        ),
      end: (query, ending) => {
        endings.push(ENDING_NAMES[ending]!);
        if (!isByRule(ending)) tell(query, null, ENDING_NAMES[ending]!);
        way = 0;
      },
      held,
      leads: (_octets, length) => {
        way = length;
      },
      revision: 0,
      again: (query, ending, _rcode, _place, number) => {
        const before = told[number]!;
        if (number < told.length - HELD_MAX || before.client !== query.address[15]) return false;
        again += 1;
        endings.push(ENDING_NAMES[ending]!);
        if (before.hit !== null) hits.push(before.hit);
        told.push(before);
        return true;
      },
      allowed: () => {
        bench.allowed += 1;
      },
      heardOf: () => undefined,
      missed: () => {
        bench.missed += 1;
      },
      waited: (ms) => void bench.waitsMs.push(ms),
      claimIgnored: () => undefined,
    },
    ...(said.ofZones === undefined ? {} : { ofZones: said.ofZones }),
    nowMs: () => nowMs,
    seed: 1,
  });
  const origin = {
    send: (query: Query) => void sent.push(replyOf(query)),
    abandon: () => void sent.push(new Uint8Array(0)),
  };
  const bench: Bench = {
    walk,
    allowed: 0,
    missed: 0,
    waitsMs: [],
    asked,
    hits,
    endings,
    told,
    again: () => again,
    sent,
    ask(parts = {}, from = 7, transport = TRANSPORT.udp, network = [192, 0, 2]) {
      const query = queryOf(wireMessage(parts));
      query.transport = transport;
      query.address.set([...network, from], 12);
      query.arrivedMs = nowMs;
      query.origin = origin;
      const outcome = walk.answer(query);
      return { outcome, reply: replyOf(query), query };
    },
    respond(parts) {
      const last = asked.pop()!;
      const message = wireMessage({ flags: 0x8180, ...parts });
      last.asker.settled(last.ticket, message, message.length, FAILURE.none, 'test');
    },
    fail(failure) {
      const last = asked.pop()!;
      last.asker.settled(last.ticket, new Uint8Array(0), 0, failure, 'test');
    },
    use(other) {
      now = { ...now, ...other };
      walk.apply(rulingOf(now));
    },
    advance(ms) {
      nowMs += ms;
    },
  };
  return bench;
}

function rulingOf(state: BenchState): Ruling {
  const { groups, routes } = state;
  const ruleSet = state.ruleSet ?? ruleSetOf(state.lists, state.words, [], state.addresses);
  const policy = new Policy(ruleSet, groups, { kind: 'nullip' });
  return {
    policy,
    groups: new Groups(groups),
    access: new Access(
      {
        allow: state.identities === undefined && state.ruleSet === undefined ? ALLOWED : EVERYBODY,
        rateLimit: { perSecond: state.perSecond, burst: 2 },
      },
      new Budgets(createBudgets(1, 4096)),
    ),
    sinkhole: new Sinkhole(
      policy,
      state.answer ?? { kind: 'nullip' },
      30,
      state.structured === undefined ? null : new StructuredErrors(state.structured, policy.ruleSet),
      state.lists,
    ),
    local: new LocalNames({
      local: state.local,
      hosts: [],
      own: state.designation ?? [],
      routes,
      upstreamKnowsPrivate: false,
    }),
    rebinding: new Rebinding({ rebinding: { protect: true, except: state.except }, groups, routes }),
    views: new Views(groups, state.firstView),
    identities: state.identities ?? null,
    firstSight: null,
    ownIds: null,
    audiences: null,
    about: state.about ?? null,
    ownOptions: state.ownOptions ?? null,
  };
}

function viaText(via: Uint8Array | null, addressBits: number): string {
  if (via === null) return '-';
  return addressBits < 0 ? nameToText(via) : `${addressToText(via)}/${addressBits}`;
}
