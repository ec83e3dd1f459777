// What the admin interface shows, asked of the supervisor and its threads at the moment somebody wants to know.

import type { ClientView, PushedClient } from '../admin/clients/routes.ts';
import { clientViews } from '../admin/clients/views.ts';
import { hunted } from '../admin/events/hunted.ts';
import type { HuntAsked, PauseView } from '../admin/events/state.ts';
import { listViewOf } from '../admin/lists/list-view.ts';
import type { OverridesState } from '../admin/overrides/routes.ts';
import { RouteError } from '../admin/route.ts';
import { servedView } from '../admin/served/view.ts';
import type {
  AdminState,
  AskedView,
  DecisionView,
  FiguresView,
  HealthView,
  ListView,
  StatusView,
} from '../admin/state.ts';
import { saidOf, userSaid } from '../clients/leases/pushed.ts';
import { leasesOf } from '../clients/leases/read.ts';
import { type Who, whoMeant } from '../clients/who.ts';
import type { ServedListConfig } from '../config/serve-config.ts';
import { VERSION } from '../config/version.ts';
import type {
  Answers,
  ClientTimeline,
  HitsState,
  HuntFinding,
  Question,
  ReceiverReply,
} from '../desk/messages.ts';
import { readCounters } from '../events/counters.ts';
import type { Coverage } from '../hits/coverage.ts';
import type { Hit } from '../hits/hit.ts';
import type { IncidentSummary } from '../hits/incidents/summary.ts';
import type { HitFilter } from '../hits/store/hit-table.ts';
import type { IncidentFilter } from '../hits/store/incident-table.ts';
import type { PublishState } from '../publish/messages.ts';
import type { LogAnswers, LogQuestion } from '../querylog/read/question.ts';
import { figuresOf } from './health/figures.ts';
import { healthOf } from './health/health.ts';
import { ProblemBook } from './health/problems.ts';
import { upstreamViews } from './health/upstream-views.ts';
import { privacyOf } from './settings.ts';
import type { Supervisor } from './supervisor.ts';
import type { WorkerReport } from './threads/messages.ts';

/** Threads are asked at most this often, however many look at once. */
const REPORTS_MS = 500;
/** A hits thread that hunts through history may be late. */
const HITS_STATE_MS = 1500;

export class DaemonState implements AdminState {
  readonly #supervisor: Supervisor;
  readonly #problems = new ProblemBook();
  #reports: { readonly atMs: number; readonly all: Promise<WorkerReport[]> } | null = null;
  /** Where the admin interface itself listens, once it does. */
  adminBound: string | null = null;

  readonly overrides: OverridesState['overrides'];
  readonly override: OverridesState['override'];
  readonly removeOverride: OverridesState['removeOverride'];

  constructor(supervisor: Supervisor, overrides: OverridesState) {
    this.#supervisor = supervisor;
    this.overrides = overrides.overrides;
    this.override = overrides.override;
    this.removeOverride = overrides.removeOverride;
  }

  lists(): ListView[] {
    return this.#supervisor.rules.lists().map(listViewOf);
  }

  async refreshLists(names: readonly string[] | null): Promise<readonly ListView[]> {
    const known = this.lists().map(({ name }) => name);
    const unknown = names?.find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new RouteError(400, 'BAD_LIST', `there is no list ${unknown}; there is ${known.join(', ')}`);
    await this.#supervisor.rules.refresh(names ?? known);
    return this.lists().filter(({ name }) => names === null || names.includes(name));
  }

  readonly published = (): PublishState => this.#supervisor.publisher.state;
  readonly servedLists = (): readonly ServedListConfig[] => this.#supervisor.config.serve.lists;

  counters(): Readonly<Record<string, number>> {
    return readCounters(this.#supervisor.counters);
  }

  async figures(): Promise<FiguresView> {
    return figuresOf(this.#supervisor.counters, await this.#hitsState());
  }

  async decide(asked: AskedView): Promise<DecisionView> {
    // With it come the reading of lists and reports and the walk of a query: a quarter of this thread's code.
    const { explainInDaemon } = await import('./explain/of-daemon.ts');
    return explainInDaemon(asked, this.#supervisor);
  }

  async health(): Promise<HealthView> {
    const [reports, hits] = await Promise.all([this.#ask(), this.#hitsState()]);
    return this.#healthFrom(reports, hits);
  }

  async status(): Promise<StatusView> {
    const { config, rules, pool, bound, startedAtMs, lastReload, inForce, waitsForRestart } =
      this.#supervisor;
    const [reports, hits] = await Promise.all([this.#ask(), this.#hitsState()]);
    const lists = this.lists();
    const counters = readCounters(this.#supervisor.counters);
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
        waitsForRestart,
      },
      certificate:
        inForce.certificate === null
          ? null
          : {
              names: inForce.certificate.names,
              notAfter: new Date(inForce.certificate.notAfterMs).toISOString(),
            },
      rules: {
        names: rules.ruleSet.names,
        patterns: rules.ruleSet.patterns.length,
        revision: rules.ruleSet.revision,
      },
      lists: {
        total: lists.length,
        stale: lists.filter(({ why, inForce }) => why !== null && inForce).map(({ name }) => name),
        missing: lists.filter(({ inForce }) => !inForce).map(({ name }) => name),
      },
      served: servedView(this.published()),
      paused: this.paused(),
      upstreams: upstreamViews(
        reports.flatMap((report) => report.upstreams),
        config,
      ),
      cache: {
        entries: sum((report) => report.cacheEntries),
        octets: sum((report) => report.cacheOctets),
        hits: counters.cacheHits,
        misses: counters.cacheMisses,
      },
      hitLog: {
        failing: hits?.logFailing ?? true,
        linesLost: (hits?.lost ?? 0) + (hits?.logLinesLost ?? 0),
        stdoutLost: hits?.stdoutLost ?? 0,
      },
      out: hits?.out ?? [],
      counters,
      users: this.#supervisor.book.users.state,
      health: this.#healthFrom(reports, hits),
    };
  }

  hits(filter: HitFilter): Promise<readonly Hit[]> {
    return this.#askAfterFlush({ what: 'hits', filter });
  }

  hunt(asked: HuntAsked): Promise<readonly HuntFinding[]> {
    return hunted(asked, this.#supervisor.config, (question) => this.#askAfterFlush(question));
  }

  coverage(of: 'history' | 'hits', sinceMs: number): Promise<Coverage> {
    return this.#supervisor.hits.ask({ what: 'coverage', of, sinceMs });
  }

  alerting(): readonly string[] {
    return this.#supervisor.rules.ruleSet.lists.flatMap(({ name, alert }) => (alert ? [name] : []));
  }

  askLog<Q extends LogQuestion>(question: Q): Promise<LogAnswers[Q['what']]> {
    return this.#supervisor.logReading.ask(question);
  }

  keepsLog(): boolean {
    return this.keepsHistory() && this.#supervisor.config.log.enabled;
  }

  keepsHistory(): boolean {
    return privacyOf(this.#supervisor.config) !== 'off';
  }

  incidents(filter: IncidentFilter): Promise<readonly IncidentSummary[]> {
    return this.#askAfterFlush({ what: 'incidents', filter });
  }

  acknowledge(id: string): Promise<IncidentSummary | null> {
    return this.#askHits({ what: 'acknowledge', id });
  }

  client(who: Who, sinceMs: number): Promise<ClientTimeline> {
    return this.#askAfterFlush({ what: 'client', who, sinceMs });
  }

  clients(meant: string | undefined): ClientView[] {
    const { book, config } = this.#supervisor;
    return clientViews(
      { table: book.table, known: book.known, config },
      meant === undefined ? null : (this.whoIs(meant)?.machines ?? []),
    );
  }

  pushClients(source: string, clients: readonly PushedClient[]): number {
    const leases = leasesOf(clients.map((client) => saidOf(client, Date.now())));
    this.#supervisor.book.push(source, leases);
    this.#supervisor.book.users.push(source, clients.flatMap(userSaid));
    return leases.length;
  }

  whoIs(text: string): Who | null {
    return whoMeant(this.#supervisor.book.table, text);
  }

  testAlerts(): Promise<readonly ReceiverReply[]> {
    return this.#askHits({ what: 'testAlerts' });
  }

  paused(): readonly PauseView[] {
    return this.#supervisor.pauses.all().map(({ group, untilMs }) => ({
      group,
      until: untilMs === null ? null : new Date(untilMs).toISOString(),
    }));
  }

  async pause(group: string | null, forMs: number | null): Promise<void> {
    await this.#supervisor.pause(group, forMs);
  }

  async resume(group: string | null): Promise<void> {
    await this.#supervisor.resume(group);
  }

  /** What was answered a moment ago is found: resolver threads hold records for a while. */
  async #askAfterFlush<Q extends Question>(question: Q): Promise<Answers[Q['what']]> {
    await this.#supervisor.pool.flush();
    return this.#askHits(question);
  }

  /** @throws RouteError when the hits thread cannot say */
  async #askHits<Q extends Question>(question: Q): Promise<Answers[Q['what']]> {
    try {
      return await this.#supervisor.hits.ask(question);
    } catch (error) {
      throw new RouteError(503, 'NO_STORE', error instanceof Error ? error.message : String(error));
    }
  }

  #healthFrom(reports: readonly WorkerReport[], hits: HitsState | null): HealthView {
    const { config, bound, inForce, refusals, rules, waitsForRestart } = this.#supervisor;
    const servers = reports.flatMap((report) => report.upstreams);
    const { zones, lists } = this.published();
    const facts = {
      inForce,
      refusals,
      lists: rules.lists(),
      answering: reports.length,
      isListening: bound.length > 0,
      hits,
      paused: this.paused(),
      upstreams: upstreamViews(servers, config),
      waitsForRestart,
      served: [...zones, ...lists],
      more: this.#supervisor.watched.flatMap((look) => look()),
    };
    return healthOf(facts, this.#problems, Date.now());
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
