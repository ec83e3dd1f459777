// What the admin interface shows, asked of the supervisor and its threads at the moment somebody wants to know.
import { listViewOf } from '../admin/list-view.ts';
import type {
  AdminState,
  AskedView,
  DecisionView,
  HealthView,
  ListView,
  StatusView,
  UpstreamView,
} from '../admin/state.ts';
import { VERSION } from '../config/version.ts';
import { readCounters } from '../events/counters.ts';
import type { HitsState } from '../hits/messages.ts';
import type { UpstreamState } from '../upstream/forward.ts';
import { decideFor } from './decision.ts';
import { linesFor } from './lines.ts';
import type { Supervisor } from './supervisor.ts';
import type { WorkerReport } from './threads/messages.ts';

/** Threads are asked at most this often, however many look at once. */
const REPORTS_MS = 500;
/** A hits thread that hunts through history may be late. */
const HITS_STATE_MS = 1500;

export class DaemonState implements AdminState {
  readonly #supervisor: Supervisor;
  #reports: { readonly atMs: number; readonly all: Promise<WorkerReport[]> } | null = null;
  /** Where the admin interface itself listens, once it does. */
  adminBound: string | null = null;

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
  }

  lists(): ListView[] {
    return this.#supervisor.rules.lists().map(listViewOf);
  }

  counters(): Readonly<Record<string, number>> {
    return readCounters(this.#supervisor.counters);
  }

  async decide(asked: AskedView): Promise<DecisionView> {
    const { config, rules, knownClients } = this.#supervisor;
    const decision = decideFor(asked, config, rules.ruleSet, knownClients, new Date());
    return { ...decision, lines: await linesFor(decision, config) };
  }

  async health(): Promise<HealthView> {
    const [reports, hits] = await Promise.all([this.#ask(), this.#hitsState()]);
    return this.#healthFrom(reports, hits);
  }

  async status(): Promise<StatusView> {
    const { config, rules, pool, bound, startedAtMs, lastReload } = this.#supervisor;
    const [reports, hits] = await Promise.all([this.#ask(), this.#hitsState()]);
    const lists = this.lists();
    const sum = (of: (report: WorkerReport) => number): number =>
      reports.reduce((total, one) => total + of(one), 0);
    return {
      version: VERSION,
      pid: process.pid,
      startedAt: new Date(startedAtMs).toISOString(),
      uptimeSeconds: Math.round(process.uptime()),
      listening: bound,
      admin: this.adminBound,
      workers: { configured: config.workers, answering: reports.length, replaced: pool.deaths },
      config: {
        file: config.file,
        lastReload:
          lastReload === null
            ? null
            : { time: new Date(lastReload.atMs).toISOString(), error: lastReload.error },
      },
      rules: {
        names: rules.ruleSet.names,
        patterns: rules.ruleSet.patterns.length,
        revision: rules.ruleSet.revision,
      },
      lists: {
        total: lists.length,
        stale: lists.filter(({ condition }) => condition !== 'ok').map(({ name }) => name),
      },
      upstreams: upstreamViews(reports.flatMap((report) => report.upstreams)),
      cache: {
        entries: sum((report) => report.cacheEntries),
        octets: sum((report) => report.cacheOctets),
        hits: sum((report) => report.cacheHits),
        misses: sum((report) => report.cacheMisses),
      },
      hitLog: {
        failing: hits === null || hits.storeError !== null,
        linesLost: (hits?.lost ?? 0) + (hits?.logLinesLost ?? 0),
      },
      counters: this.counters(),
      health: this.#healthFrom(reports, hits),
    };
  }

  #healthFrom(reports: readonly WorkerReport[], hits: HitsState | null): HealthView {
    const { config, bound, lastReload } = this.#supervisor;
    const problems: string[] = [];
    const missing = config.workers - reports.length;
    if (missing > 0) problems.push(`${missing} of ${config.workers} resolver threads do not answer`);
    for (const { name, condition, overdue, lastError } of this.lists())
      if (overdue) problems.push(`list ${name} is ${condition}: ${lastError ?? 'it has no entries'}`);
    if (hits === null) problems.push('the hits thread does not answer');
    else {
      if (hits.storeError !== null)
        problems.push(`hits cannot be stored: ${hits.storeError}; ${hits.pending} wait`);
      if (hits.lost > 0) problems.push(`${hits.lost} hits were lost: neither disk nor memory had room`);
    }
    if (lastReload?.error != null) problems.push(`the last reload was refused: ${lastReload.error}`);
    const upstreams = upstreamViews(reports.flatMap((report) => report.upstreams));
    if (upstreams.length > 0 && upstreams.every(({ healthy }) => !healthy))
      problems.push('no upstream answers');
    // Only threads that do not answer are mended by a restart; lists, disks and upstreams are not.
    const answers = reports.length > 0;
    return { healthy: answers, ready: answers && bound.length > 0, problems };
  }

  /** What the hits thread says of itself; null when it does not answer soon. */
  async #hitsState(): Promise<HitsState | null> {
    const asked = this.#supervisor.hits.ask({ what: 'state' }).catch(() => null);
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), HITS_STATE_MS).unref());
    return Promise.race([asked, late]);
  }

  #ask(): Promise<WorkerReport[]> {
    const nowMs = performance.now();
    if (this.#reports === null || nowMs - this.#reports.atMs > REPORTS_MS)
      this.#reports = { atMs: nowMs, all: this.#supervisor.pool.reports() };
    return this.#reports.all;
  }
}

/** The same server as seen by all threads. */
function upstreamViews(states: readonly UpstreamState[]): UpstreamView[] {
  const groups = Map.groupBy(states, ({ name, transport }) => `${transport} ${name}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const sum = (of: (state: UpstreamState) => number): number =>
      group.reduce((total, one) => total + of(one), 0);
    const measured = group.flatMap(({ rttMs }) => (rttMs === null ? [] : [rttMs]));
    return [
      {
        name: first.name,
        transport: first.transport,
        healthy: group.some(({ healthy }) => healthy),
        rttMs: measured.length === 0 ? null : measured.reduce((a, b) => a + b, 0) / measured.length,
        queries: sum(({ queries }) => queries),
        responses: sum(({ responses }) => responses),
        failures: sum(({ failures }) => failures),
      },
    ];
  });
}
