// What the admin interface shows, asked of the supervisor and its threads at the moment somebody wants to know.

import type { GroupView } from '../admin/clients/group-routes.ts';
import type { ClientPage, ClientPageAsked } from '../admin/clients/routes.ts';
import { type ClientSources, clientPage, machinesByGroup } from '../admin/clients/views.ts';
import { hunted } from '../admin/events/hunted.ts';
import { askWithUsers } from '../admin/events/log-users.ts';
import { pausedMachines } from '../admin/events/paused-machines.ts';
import type { HuntAsked, PauseView } from '../admin/events/state.ts';
import { type ListView, listViewOf } from '../admin/lists/list-view.ts';
import type { CatchesView } from '../admin/lists/routes.ts';
import type { FiguresView } from '../admin/metrics/figures.ts';
import type { OverridesState } from '../admin/overrides/routes.ts';
import { RouteError } from '../admin/route.ts';
import type { AdminState, AskedView, DecisionView, HealthView, StatusView } from '../admin/state.ts';
import type { PushedClient } from '../clients/leases/pushed.ts';
import { saidOf, userSaid } from '../clients/leases/pushed.ts';
import { leasesOf } from '../clients/leases/read.ts';
import { type Who, whoStored } from '../clients/who.ts';
import { messageOf } from '../config/coded-error.ts';
import { privacyOf } from '../config/config.ts';
import type { ServedListConfig } from '../config/meant/serve.ts';
import type {
  Answers,
  ClientTimeline,
  HitsState,
  HuntFinding,
  IncidentDetail,
  Noted,
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
import type { Changes } from './editing/changes.ts';
import type { Catches } from './explain/catches.ts';
import { figuresOf } from './health/figures.ts';
import { groupViews } from './health/group-views.ts';
import { healthOf } from './health/health.ts';
import { ProblemBook } from './health/problems.ts';
import { statusOf } from './health/status.ts';
import { upstreamViews } from './health/upstream-views.ts';
import type { Supervisor } from './supervisor.ts';
import type { WorkerReport } from './threads/messages.ts';

/** Threads are asked at most this often, however many look at once. */
const REPORTS_MS = 500;
/** A hits thread that hunts through history may be late. */
const HITS_STATE_MS = 1500;

export class DaemonState implements AdminState {
  readonly #supervisor: Supervisor;
  readonly #problems: ProblemBook;
  #catches: Promise<Catches> | null = null;
  #reports: { readonly atMs: number; readonly all: Promise<WorkerReport[]> } | null = null;
  /** Where the admin interface itself listens, once it does. */
  adminBound: string | null = null;

  readonly overrides: OverridesState['overrides'];
  readonly override: OverridesState['override'];
  readonly removeOverride: OverridesState['removeOverride'];
  readonly settings: Changes['settings'];
  readonly changeSetting: Changes['changeSetting'];
  readonly addGroup: Changes['addGroup'];
  readonly changeGroup: Changes['changeGroup'];
  readonly removeGroup: Changes['removeGroup'];
  readonly addList: Changes['addList'];
  readonly removeList: Changes['removeList'];
  readonly watchList: Changes['watchList'];
  readonly readReport: Changes['readReport'];
  readonly blockReport: Changes['blockReport'];

  constructor(supervisor: Supervisor, overrides: OverridesState, changes: (hunting: AdminState) => Changes) {
    this.#supervisor = supervisor;
    this.#problems = new ProblemBook(supervisor.clock);
    this.overrides = overrides.overrides;
    this.override = overrides.override;
    this.removeOverride = overrides.removeOverride;
    const byHand = changes(this);
    this.settings = byHand.settings;
    this.changeSetting = byHand.changeSetting;
    this.addGroup = byHand.addGroup;
    this.changeGroup = byHand.changeGroup;
    this.removeGroup = byHand.removeGroup;
    this.addList = byHand.addList;
    this.removeList = byHand.removeList;
    this.watchList = byHand.watchList;
    this.readReport = byHand.readReport;
    this.blockReport = byHand.blockReport;
  }

  lists(): ListView[] {
    return this.#supervisor.rules.lists().map(listViewOf);
  }

  async refreshLists(names: readonly string[] | null): Promise<readonly ListView[]> {
    const known = this.lists().map(({ name }) => name);
    const unknown = names?.find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new RouteError(404, 'BAD_LIST', `there is no list ${unknown}; there is ${known.join(', ')}`);
    await this.#supervisor.rules.refresh(names ?? known);
    return this.lists().filter(({ name }) => names === null || names.includes(name));
  }

  readonly published = (): PublishState => this.#supervisor.publisher.state;
  readonly servedLists = (): readonly ServedListConfig[] => this.#supervisor.config.serve.lists;

  readonly counters = (): Readonly<Record<string, number>> => readCounters(this.#supervisor.counters);

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
    const [reports, hits] = await Promise.all([this.#ask(), this.#hitsState()]);
    return statusOf(this.#supervisor, {
      reports,
      hits,
      lists: this.lists(),
      admin: this.adminBound,
      paused: this.paused(),
      pausedMachines: pausedMachines(this),
      health: this.#healthFrom(reports, hits),
    });
  }

  async listCatches(sinceMs: number): Promise<CatchesView> {
    this.#catches ??= import('./explain/catches.ts').then(({ Catches }) => new Catches());
    return (await this.#catches).of(this, this.#supervisor.rules.ruleSet, sinceMs);
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
    const { book, logReading } = this.#supervisor;
    return askWithUsers(book.table, question, (one) => logReading.ask(one));
  }

  keepsLog(): boolean {
    return this.keepsHistory() && this.#supervisor.config.log.enabled;
  }

  leavesHitsOut(): boolean {
    const { config } = this.#supervisor;
    return config.log.anonymise || privacyOf(config) === 'anonymise';
  }

  readonly isLogHeldUp = async (): Promise<boolean> =>
    ((await this.#hitsState())?.queryLogError ?? null) !== null;

  keepsHistory(): boolean {
    return privacyOf(this.#supervisor.config) !== 'off';
  }

  incidents(filter: IncidentFilter): Promise<readonly IncidentSummary[]> {
    return this.#askAfterFlush({ what: 'incidents', filter });
  }

  acknowledge(id: string): Promise<IncidentSummary | null> {
    return this.#askHits({ what: 'acknowledge', id });
  }

  incident(id: string): Promise<IncidentDetail | null> {
    return this.#askAfterFlush({ what: 'incident', id });
  }

  noteIncident(id: string, text: string, base?: string | null): Promise<Noted | null> {
    return this.#askHits({ what: 'note', id, text, ...(base === undefined ? {} : { base }) });
  }

  client(who: Who, sinceMs: number): Promise<ClientTimeline> {
    return this.#askAfterFlush({ what: 'client', who, sinceMs });
  }

  groups(): GroupView[] {
    const { config } = this.#supervisor;
    return groupViews(config, machinesByGroup(this.#clientSources), this.paused());
  }

  async clientPage({ client, ...asked }: ClientPageAsked): Promise<ClientPage | null> {
    const ids = client === null ? null : (this.whoIs(client)?.machines ?? []);
    return ids?.length === 0 ? null : clientPage(this.#clientSources, asked, ids);
  }

  get #clientSources(): ClientSources {
    const { book, config } = this.#supervisor;
    return { table: book.table, known: book.known, config };
  }

  pushClients(source: string, clients: readonly PushedClient[]): void {
    const leases = leasesOf(clients.map((client) => saidOf(client, Date.now())));
    this.#supervisor.book.push(source, leases);
    this.#supervisor.book.users.push(source, clients.flatMap(userSaid));
  }

  whoIs(text: string): Who | null {
    return whoStored(this.#supervisor.book.table, text);
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
      throw new RouteError(503, 'NO_STORE', messageOf(error));
    }
  }

  #healthFrom(reports: readonly WorkerReport[], hits: HitsState | null): HealthView {
    const { config, bound, inForce, refusals, rules, waits } = this.#supervisor;
    const servers = reports.flatMap((report) => report.upstreams);
    const { zones, lists } = this.published();
    const facts = {
      inForce,
      refusals,
      lists: rules.lists(),
      answering: reports.length,
      isListening: bound.length > 0,
      hits,
      isTakingOver: this.#supervisor.hits.isTakingOver,
      paused: this.paused(),
      upstreams: upstreamViews(servers, config),
      waits,
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
