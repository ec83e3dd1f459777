// A hits thread without the thread: rings, writers with journals, and a desk under a clock that the test moves.

import { join } from 'node:path';
import type { Outlet } from '../../src/alerts/settings.ts';
import { HitsService } from '../../src/desk/hits-service.ts';
import type { FromHits, HitsAssignment, HitsSettings } from '../../src/desk/messages.ts';
import { counterRow, createCounters, readCounters } from '../../src/events/counters.ts';
import { EventWriter } from '../../src/events/event-writer.ts';
import { VIA } from '../../src/events/hit-record.ts';
import { addLed, LED, LED_OCTETS_MAX } from '../../src/events/led-to.ts';
import { ANSWERED_FROM, OWN_NAME } from '../../src/events/query-record.ts';
import { RESULT, type ResultName } from '../../src/events/result.ts';
import { createRing } from '../../src/events/ring.ts';
import { type Finding, type Searcher, type SearchRequest, searchStore } from '../../src/hits/hunt/search.ts';
import { createUlidMaker } from '../../src/hits/ulid.ts';
import { Journal } from '../../src/journal/journal.ts';
import { answerTexts } from '../../src/policy/answer-texts.ts';
import type { RuleSet } from '../../src/policy/rule.ts';
import { VERDICT } from '../../src/policy/verdict.ts';
import { plainOctets, textToAddress } from '../../src/wire/names/address.ts';
import { type FakeClock, fakeClock } from './clock.ts';
import { type AskedBy, queryOf } from './events-query.ts';
import { groupOf } from './group.ts';
import { START_MS } from './hits-records.ts';
import { ruleSetOf, wire } from './rule-set.ts';

export const INDICATOR = {
  campaign: '3CX supply chain',
  source: 'report.example',
  firstPublished: '2023-03-29',
  confidence: 'high',
  note: null,
} as const;

export function settingsOf(more: Partial<HitsSettings> = {}): HitsSettings {
  const group = groupOf({ lists: ['3cx-2023', 'ads'] });
  return {
    ruleSet: listing(['akamaicontainer.com']),
    groups: [group],
    assignments: [],
    sinkhole: { kind: 'nullip' },
    historyMs: 90 * 86_400_000,
    hitsMs: 730 * 86_400_000,
    privacy: 'none',
    alerts: [],
    ...more,
  };
}

/** `3cx-2023` (alerting) with these names and `ads` (not) with `ads.example`. */
export function listing(names: readonly string[], revision = 1): RuleSet {
  const rules = ruleSetOf(
    [{ name: '3cx-2023', alert: true }, { name: 'ads' }],
    [
      { list: '3cx-2023', names, rule: { indicator: INDICATOR } },
      { list: 'ads', names: ['ads.example'] },
    ],
  );
  return { ...rules, revision };
}

export interface House {
  readonly desk: HitsService;
  readonly clock: FakeClock;
  readonly said: FromHits[];
  /** The resolver thread dies with what it holds, and another takes its place. */
  readonly replaceResolver: () => void;
  /** A listed name is asked for and answered. */
  readonly hit: (
    asked: AskedBy,
    facts?: { rule?: number; nameOffset?: number; via?: string; revision?: number },
  ) => void;
  /** A name is asked for and no hit tells of it; answered with data unless said. @param led names and addresses that an upstream led to */
  readonly query: (
    asked: AskedBy,
    got?: ResultName,
    led?: readonly string[],
    heard?: { readonly upstream: string; readonly waitedMs: number },
  ) => void;
  /** Passes on what the resolver thread holds, and lets the desk work. */
  readonly settle: () => void;
  readonly lost: () => number;
}

export interface HouseOptions {
  readonly dir: string;
  readonly clock?: FakeClock;
  /** Unless said, the wall clock serves for both. */
  readonly monotonic?: FakeClock;
  readonly settings?: Partial<HitsSettings>;
  readonly outlets?: readonly Outlet[];
  readonly ringOctets?: number;
  readonly watchedSinceMs?: number;
  readonly isReplacement?: boolean;
  readonly journal?: boolean;
  readonly searcher?: Searcher;
  readonly quietMs?: number;
  /** False: resolver threads note no queries. */
  readonly notesQueries?: boolean;
  readonly pendingMax?: number;
  readonly sync?: (dir: string, boot: string) => void;
  readonly onPiece?: () => void;
}

/** Searches at once, in this process. */
function searcherHere(path: string): Searcher {
  return {
    search: async <R extends SearchRequest>(request: R) =>
      searchStore(path, request) as readonly Finding<R>[],
    close: async () => {},
  };
}

const bootOf = createUlidMaker();

export function house(options: HouseOptions): House {
  const clock = options.clock ?? fakeClock(START_MS);
  const settings = settingsOf(options.settings);
  const hitRing = createRing(options.ringOctets ?? 1 << 18);
  const queryRing = createRing(options.ringOctets ?? 1 << 18);
  const counters = createCounters(1);
  const boot = bootOf(Date.now());
  const said: FromHits[] = [];
  const assignment: HitsAssignment = {
    boot,
    dir: options.dir,
    hitRings: [hitRing],
    queryRings: options.notesQueries === false ? [] : [queryRing],
    journal: options.journal ?? true,
    stdout: false,
    ...(options.isReplacement === undefined ? {} : { isReplacement: options.isReplacement }),
    ...(options.watchedSinceMs === undefined ? {} : { watchedSinceMs: options.watchedSinceMs }),
  };
  /** A resolver thread's: made anew when one has died. */
  const writerOf = (): EventWriter => {
    const journal = new Journal({
      dir: join(options.dir, 'journal'),
      boot,
      worker: 0,
      now: clock.now,
      report: () => {},
      segmentOctetsMax: 50_000,
    });
    journal.explain(
      settings.ruleSet,
      settings.groups.map((group) => group.name),
      answerTexts(settings.sinkhole),
    );
    return new EventWriter({
      hitRing,
      queryRing,
      counters: counterRow(counters, 0),
      worker: 0,
      now: clock.now,
      journal: assignment.journal ? journal : null,
      places: 1024,
    });
  };
  let writer = writerOf();
  const desk = new HitsService({
    assignment,
    settings,
    now: clock.now,
    monotonic: (options.monotonic ?? clock).now,
    steady: (options.monotonic ?? clock).now,
    random: () => 0.5,
    resolver: 'resolver.example',
    send: (message) => said.push(message),
    outletsOf: () => options.outlets ?? [],
    searcherOf: (path) => options.searcher ?? searcherHere(path),
    ...(options.quietMs === undefined ? {} : { quietMs: options.quietMs }),
    ...(options.pendingMax === undefined ? {} : { pendingMax: options.pendingMax }),
    ...(options.sync === undefined ? {} : { sync: options.sync }),
    onPiece: options.onPiece,
  });
  return {
    desk,
    clock,
    replaceResolver() {
      writer = writerOf();
    },
    said,
    hit(asked, facts = {}) {
      const query = queryOf(asked);
      const via = facts.via === undefined ? null : wire(facts.via);
      Object.assign(writer.hitFacts, {
        verdict: VERDICT.sinkhole,
        result: RESULT.blocked,
        rcode: 0,
        rule: facts.rule ?? 0,
        pattern: -1,
        nameOffset: facts.nameOffset ?? 0,
        revision: facts.revision ?? desk.settings.ruleSet.revision,
        group: 0,
        viaKind: via === null ? VIA.none : VIA.name,
        via: via ?? new Uint8Array(0),
        viaLength: via?.length ?? 0,
      });
      writer.hit(query);
      writer.commit();
    },
    query(asked, got = 'data', targets = [], heard = { upstream: '', waitedMs: -1 }) {
      const { revision } = desk.settings.ruleSet;
      const led = new Uint8Array(LED_OCTETS_MAX);
      let ledLength = 0;
      for (const target of targets) {
        const address = textToAddress(target);
        const octets = address === null ? wire(target) : plainOctets(address);
        ledLength = addLed(
          led,
          ledLength,
          address === null ? LED.name : LED.address,
          octets,
          0,
          octets.length,
        );
      }
      const from = asked.isOwnName === true ? OWN_NAME : ANSWERED_FROM.upstream;
      const facts = { result: RESULT[got], rcode: 0, from, isHit: 0, revision, led, ledLength };
      const upstream = Buffer.from(heard.upstream);
      Object.assign(writer.queryFacts, facts, { upstream, waitedMs: heard.waitedMs });
      writer.query(queryOf(asked));
    },
    settle() {
      writer.flush();
      desk.tick();
    },
    lost: () => readCounters(counters).hitsLost,
  };
}
