// What the admin interface asks of the daemon, and the words it shows. The daemon implements AdminState; nothing here keeps any.
import type { UsersState } from '../clients/users/user-book.ts';
import type { HitsState } from '../desk/messages.ts';
import type { GroupsEditState } from './clients/group-edit-routes.ts';
import type { GroupsState } from './clients/group-routes.ts';
import type { ClientsState } from './clients/routes.ts';
import type { LogState } from './events/log-routes.ts';
import type { PausedMachine } from './events/paused-machines.ts';
import type { EventsState, PauseView } from './events/state.ts';
import type { ListsEditState } from './lists/edit-routes.ts';
import type { ReportsState } from './lists/report-routes.ts';
import type { ListsState } from './lists/routes.ts';
import type { FiguresView } from './metrics/figures.ts';
import type { OverridesState } from './overrides/routes.ts';
import type { SettingsState } from './overrides/settings-routes.ts';
import type { ServedState } from './served/routes.ts';
import type { ServedView } from './served/view.ts';

export interface AdminState
  extends EventsState,
    LogState,
    ClientsState,
    GroupsState,
    ListsState,
    OverridesState,
    SettingsState,
    GroupsEditState,
    ListsEditState,
    ReportsState,
    ServedState {
  readonly status: () => StatusView | Promise<StatusView>;
  /** @throws CodedError BAD_NAME, BAD_TYPE or BAD_CLIENT when that part of the question makes no sense */
  readonly decide: (asked: AskedView) => DecisionView | Promise<DecisionView>;
  readonly health: () => HealthView | Promise<HealthView>;
  /** Sums over all resolver threads by name; every one only grows. */
  readonly counters: () => Readonly<Record<string, number>>;
  /** What `/metrics` says beyond that. */
  readonly figures: () => FiguresView | Promise<FiguresView>;
}

export interface HealthView {
  /** False: something is so wrong that a restart may help. */
  readonly healthy: boolean;
  /** True while queries are answered by the rules that should be in force; a pause is an admin's word and changes nothing here. */
  readonly ready: boolean;
  /** Counts what was put into force since the start: configuration, lists, certificate, pauses. */
  readonly revision: number;
  /** When that was. */
  readonly since: string;
  /** What was refused last and is not mended yet; what was in force before it stays in force. */
  readonly refused: RefusedView | null;
  /** What a person should look at, healthy or not: stale lists, hits that cannot be written. */
  readonly problems: readonly ProblemView[];
}

export interface RefusedView {
  /** configuration, lists, certificate, pause or clients. */
  readonly kind: string;
  readonly since: string;
  readonly reason: string;
}

export interface ProblemView {
  /** Stable while it lasts: `list:ads`. */
  readonly id: string;
  readonly since: string;
  readonly what: string;
  readonly remedy: string;
}

export interface StatusView {
  readonly version: string;
  readonly pid: number;
  /** ISO 8601, UTC, as all times here. */
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  /** `127.0.0.1:5335`, `[::1]:5335`. */
  readonly listening: readonly string[];
  readonly admin: string | null;
  readonly workers: WorkersView;
  readonly config: ConfigView;
  readonly certificate: CertificateView | null;
  readonly rules: { readonly names: number; readonly patterns: number; readonly revision: number };
  readonly lists: ListsView;
  readonly served: ServedView;
  /** Groups whose lists are not in force for a while. */
  readonly paused: readonly PauseView[];
  /** Machines for which nothing is blocked for a while. */
  readonly pausedMachines: readonly PausedMachine[];
  readonly upstreams: readonly UpstreamView[];
  readonly cache: CacheView;
  readonly hitLog: { readonly failing: boolean; readonly linesLost: number; readonly stdoutLost: number };
  readonly out: HitsState['out'];
  readonly counters: Readonly<Record<string, number>>;
  /** Logon events of `clients.users`. */
  readonly users: UsersState;
  readonly health: HealthView;
}

export interface ListsView {
  readonly total: number;
  /** An older text of these is in force. */
  readonly stale: readonly string[];
  /** Nothing of these is in force: they failed, or their first attempt has not ended. */
  readonly missing: readonly string[];
}

export interface WorkersView {
  /** Resolver threads: those there are to be, those that answered just now, those replaced since the start; then the one that stores hits. */
  readonly configured: number;
  readonly answering: number;
  readonly replaced: number;
  readonly hitsReplaced: number;
}

export interface ConfigView {
  readonly file: string;
  /** null before the first reload. */
  readonly lastReload: { readonly time: string; readonly error: string | null } | null;
  /** Settings that were changed and take effect at the next start. */
  readonly waitsForRestart: readonly string[];
}

/** Of DoT and DoH. */
export interface CertificateView {
  /** As OpenSSL writes them: `DNS:dns.example.net`. */
  readonly names: string;
  readonly notAfter: string;
}

/** `unsure`: still asked, and did not answer its last queries in time, or not yet. */
export type UpstreamCondition = 'answers' | 'unasked' | 'unsure' | 'down';

/** One server, summed over all threads. */
export interface UpstreamView {
  readonly name: string;
  readonly transport: string;
  /** Asked only when all of the default ones fail. */
  readonly fallback: boolean;
  readonly healthy: boolean;
  readonly condition: UpstreamCondition;
  readonly state: string;
  readonly rttMs: number | null;
  readonly queries: number;
  readonly responses: number;
  readonly failures: number;
}

export interface CacheView {
  readonly entries: number;
  readonly octets: number;
  readonly hits: number;
  readonly misses: number;
}

export interface AskedView {
  readonly name: string;
  readonly type: string;
  readonly client: string;
  /** ISO 8601, or a time of today such as `19:30`; unsaid: now. */
  readonly at?: string;
  /** Whether upstreams may be asked for what nobody keeps. */
  readonly ask?: boolean;
}

export interface DecisionView {
  readonly name: string;
  readonly type: string;
  readonly client: {
    /** Null: the machine has not shown itself yet, and is decided for by the group that names it. */
    readonly ip: string | null;
    readonly name: string | null;
    readonly mac: string | null;
    readonly group: string | null;
  };
  /** pass, allow, sinkhole, nxdomain, nodata, refused, drop or monitor. */
  readonly verdict: string;
  /** Whether a rule's own data stand in the answer's place; the verdict is sinkhole then. */
  readonly rewritten: boolean;
  /** allowed or refused: whether `access.allow` lets the client ask at all. */
  readonly access: string;
  /** Which step answers: records, lists, special, any, refused, rebinding or upstreams. */
  readonly answeredBy: string;
  /** What this machine knows of the name, where that is what answers. */
  readonly own: OwnAnswerView | null;
  /** The name that is asked for in its place: own aliases or a rule's CNAME lead there. */
  readonly leadsTo: string | null;
  /** What cenote answers with at once, `A 192.0.2.7`; empty for a negative answer and where upstreams are asked. */
  readonly records: readonly string[];
  /** The alias or address behind the name that a list's rule matched; null when it was the name itself. */
  readonly via: string | null;
  /** What the client gets; null where upstreams have the last word and their answer is not known. */
  readonly reply: { readonly rcode: string; readonly records: readonly string[] } | null;
  /** kept (by a resolver thread) or asked (now): where the upstreams' answer was had from; null where it is not known. */
  readonly upstreamAnswer: string | null;
  /** The name or /expression/ that decided. */
  readonly rule: string | null;
  readonly list: string | null;
  readonly indicator: IndicatorView | null;
  /** The name that the rule's CNAME leads to, where that is blocked in turn, and the list and rule that do. */
  readonly blockedTarget: { readonly name: string; readonly list: string; readonly rule: string } | null;
  /** Addresses that cenote itself answers with; empty for a negative answer and where upstreams answer. */
  readonly answer: readonly string[];
  readonly entries: readonly EntryView[];
  /** Whether the group's blocking is paused. */
  readonly paused: boolean;
  /** Whether the group's schedule leaves its lists out of force now. */
  readonly outsideSchedule: boolean;
  readonly upstreams: { readonly setting: string; readonly servers: readonly string[] };
  /** Whether what the answer leads to is checked against the group's lists. */
  readonly inspected: boolean;
  /** protected, exempt or off. */
  readonly rebinding: string;
  /** The lines of the lists that speak of the name, where their text can be read. */
  readonly lines: readonly LineView[];
}

export interface OwnAnswerView {
  /** local.records, local.hosts, local.specialNames, local.canaries or resolver. */
  readonly setting: string;
  /** The entry that covers the name: itself or one above it. */
  readonly name: string;
  readonly rcode: string;
  /** `A 192.0.2.7`; behind a CNAME at the end stands what upstreams say. */
  readonly records: readonly string[];
  readonly addresses: readonly string[];
}

export interface IndicatorView {
  readonly campaign: string | null;
  readonly source: string | null;
  readonly firstPublished: string | null;
  readonly confidence: string | null;
  readonly note: string | null;
  /** ISO date or time from which on it only watches; null for never. */
  readonly expires: string | null;
}

/** An entry on the name or above it, whether it decided or not. */
export interface EntryView {
  readonly list: string;
  readonly rule: string;
  readonly scope: string;
  readonly action: string;
  /** enforce, monitor, or expired: its time is over, so it only watches. */
  readonly mode: string;
  /** Whether the client's group uses the list. */
  readonly used: boolean;
  /** Whether its conditions (type, client, names that it leaves out) hold for what is asked. */
  readonly holds: boolean;
}

export interface LineView {
  readonly list: string;
  /** From 1; 0 where the format has no lines. */
  readonly line: number;
  readonly text: string;
}
