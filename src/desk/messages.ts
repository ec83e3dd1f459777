// Every message between the main thread and the hits thread.

import type { ReceiverQueue } from '../alerts/queue.ts';
import type { Asked, MachineUpdate, NameFrom } from '../clients/machine.ts';
import type { UserView } from '../clients/users/logons.ts';
import type { Who } from '../clients/who.ts';
import type { AlertConfig, GroupConfig, LogConfig, SinkholeAnswer } from '../config/config.ts';
import type { OutConfig } from '../config/meant/out.ts';
import type { Coverage } from '../hits/coverage.ts';
import type { AskedInPast } from '../hits/find.ts';
import type { Hit, HitClient } from '../hits/hit.ts';
import type { HuntTarget } from '../hits/hunt/past.ts';
import type { IncidentSummary } from '../hits/incidents/summary.ts';
import type { ClientDay } from '../hits/store/history.ts';
import type { HitFilter } from '../hits/store/hit-table.ts';
import type { IncidentFilter } from '../hits/store/incident-table.ts';
import type { OutState } from '../out/messages.ts';
import type { Assignment } from '../policy/groups.ts';
import type { RuleSet } from '../policy/rule.ts';
import type { AlsoMeant } from './answers/also-meant.ts';
import type { HitCount } from './keeping/hit-counts.ts';
import type { Privacy } from './sightings/sightings.ts';

/** What the hits thread starts with; the settings come after it as its first message, so that the first are not kept for ever. */
export interface HitsAssignment {
  /** ULID of this start of the daemon: `createUlidMaker()(Date.now())`, the same for every worker's journal. */
  readonly boot: string;
  /** `events.dir`, absolute. */
  readonly dir: string;
  /** One a resolver thread, in their order. */
  readonly hitRings: readonly SharedArrayBuffer[];
  readonly queryRings: readonly SharedArrayBuffer[];
  /** Whether the resolver threads write journals below `dir`/journal. */
  readonly journal: boolean;
  /** Whether hit lines go to standard output too. */
  readonly stdout: boolean;
  /**
   * Wall clock, ms: the rings were made then, before the first answer, and nothing that is in them was taken out yet. Absent: what
   * was asked until the thread begins may be lost (it replaces one that ended).
   */
  readonly watchedSinceMs?: number;
  /** It takes the place of one that ended while the daemon went on. */
  readonly isReplacement?: boolean;
  /** Whether a head office is told what happens here; absent: there is none. */
  readonly isInFleet?: boolean;
}

/** All that a reload may change, together. Send it before the resolver threads get the rule set. */
export interface HitsSettings {
  readonly ruleSet: RuleSet;
  readonly groups: readonly GroupConfig[];
  readonly assignments: readonly Assignment[];
  readonly sinkhole: SinkholeAnswer;
  readonly historyMs: number;
  readonly hitsMs: number;
  /** `off` when the query log is not enabled. */
  readonly privacy: Privacy;
  readonly alerts: readonly AlertConfig[];
  /** Absent: nothing goes out. */
  readonly out?: readonly OutConfig[];
  /** Absent: no query is logged. */
  readonly log?: LogConfig;
  /** Where people reach the page; notices link to it. */
  readonly publicUrl?: string | null;
  /** Groups whose blocking is paused. */
  readonly paused?: readonly string[];
}

/** What the main thread says of cenote itself. */
export interface OwnTrouble {
  /** The same from its begin to its end. */
  readonly id: string;
  readonly text: string;
  /** `once`: it happened, and has no end. */
  readonly state: 'begun' | 'over' | 'once';
}

export type ToHits =
  | { readonly kind: 'settings'; readonly settings: HitsSettings }
  /** Learn what the rules of these settings mean; they are used from their commit on. */
  | { readonly kind: 'prepare'; readonly number: number; readonly settings: HitsSettings }
  | { readonly kind: 'commit'; readonly number: number }
  /** Groups by MAC and name are others. */
  | { readonly kind: 'assign'; readonly assignments: readonly Assignment[] }
  /** What became known of machines: all of it after the first settings, then what changes. */
  | { readonly kind: 'machines'; readonly update: MachineUpdate }
  | { readonly kind: 'ask'; readonly number: number; readonly question: Question }
  /** Something of cenote's own is wrong: every receiver is told. */
  | ({ readonly kind: 'trouble' } & OwnTrouble)
  /** The resolver threads have ended: read the last and close. */
  | { readonly kind: 'stop' };

export type Question =
  | { readonly what: 'hits'; readonly filter: HitFilter }
  | { readonly what: 'incidents'; readonly filter: IncidentFilter }
  | { readonly what: 'acknowledge'; readonly id: string }
  | { readonly what: 'incident'; readonly id: string }
  /** An empty text takes the note away. */
  | { readonly what: 'note'; readonly id: string; readonly text: string; readonly base?: string | null }
  | { readonly what: 'client'; readonly who: Who; readonly sinceMs: number }
  /** By names: everything that was asked for and is one of them or below. */
  | { readonly what: 'hunt'; readonly targets: readonly HuntTarget[]; readonly sinceMs: number }
  /** By the lists in force; null is all that alert. */
  | { readonly what: 'huntLists'; readonly lists: readonly string[] | null; readonly sinceMs: number }
  | { readonly what: 'testAlerts' }
  | { readonly what: 'state' }
  /** Of which time an answer about history or hits speaks. */
  | { readonly what: 'coverage'; readonly of: 'history' | 'hits'; readonly sinceMs: number }
  /** Answered when nothing reads the lists that were replaced. */
  | { readonly what: 'turned' };

export interface HuntFinding {
  readonly client: HitClient;
  readonly list: string | null;
  /** Entries of the list that were asked for. */
  readonly rules: readonly string[];
  /** Whether the list is one of those of the machine's group. */
  readonly isOfGroup: boolean;
  readonly names: readonly AskedInPast[];
  /** Names of this client beyond those. */
  readonly furtherNames: number;
}

export interface ClientTimeline {
  readonly ip: string;
  readonly name: string | null;
  readonly nameFrom: NameFrom | null;
  readonly mac: string | null;
  /** Its id. */
  readonly machine: string;
  /** Those it has now first. */
  readonly addresses: readonly string[];
  /** Other machines that are known by what was said, the latest first: what they asked is not among this. */
  readonly others: readonly AlsoMeant[];
  /** Who is logged on there now; null: nobody is known to be, or several are. */
  readonly user: string | null;
  /** Who is and was, the latest first. */
  readonly logons: readonly UserView[];
  readonly incidents: readonly IncidentSummary[];
  readonly hits: readonly Hit[];
  readonly history: readonly ClientDay[];
  /** There are more than are given, which are the newest. */
  readonly areHitsCut: boolean;
  readonly isHistoryCut: boolean;
}

export interface ReceiverReply {
  readonly receiver: string;
  /** Null: taken. */
  readonly error: string | null;
}

export interface HitsState {
  /** Hits that wait for the store, those given up, and those found in the journal of an earlier start. */
  readonly pending: number;
  readonly lost: number;
  /** Queries whose hits were logged and told, and which the store will not have. */
  readonly unstored: number;
  readonly recovered: number;
  readonly logLinesLost: number;
  /** Lines that standard output did not take. */
  readonly stdoutLost: number;
  /** The hit log cannot be written; the store may be. */
  readonly logFailing: boolean;
  readonly openIncidents: number;
  /** Of this start, by list and group. */
  readonly counts: readonly HitCount[];
  /** Why nothing can be stored at present; null when it can. */
  readonly storeError: string | null;
  /** Why the query log cannot be written at present; null when it can, or nothing is logged. */
  readonly queryLogError: string | null;
  readonly receivers: readonly ReceiverQueue['state'][];
  readonly out: readonly OutState[];
}

/** What each question is answered with. */
export interface Answers {
  readonly hits: readonly Hit[];
  readonly incidents: readonly IncidentSummary[];
  readonly acknowledge: IncidentSummary | null;
  readonly incident: IncidentDetail | null;
  readonly note: Noted | null;
  readonly client: ClientTimeline;
  readonly hunt: readonly HuntFinding[];
  readonly huntLists: readonly HuntFinding[];
  readonly testAlerts: readonly ReceiverReply[];
  readonly state: HitsState;
  readonly turned: true;
  readonly coverage: Coverage;
}
export type Answer = Answers[keyof Answers];

export type FromHits =
  | { readonly kind: 'ready' }
  /** A store of an earlier version is taken over: nothing else is said until that has ended. */
  | { readonly kind: 'takingOver' }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly number: number; readonly error: string }
  /** `error`: why the settings are refused; null when all is ready. */
  | { readonly kind: 'prepared'; readonly number: number; readonly error: string | null }
  /** For cenote's own log. */
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string }
  /** Addresses that asked: somebody may find out whose they are. */
  | { readonly kind: 'seen'; readonly asked: readonly Asked[] }
  | { readonly kind: 'stopped' };

/** One incident with all that is kept of it. */
export interface IncidentDetail {
  readonly incident: IncidentSummary;
  /** What somebody noted of it, and when. */
  readonly note: { readonly text: string; readonly time: string } | null;
  /** When its visits began, oldest first: those that are kept. */
  readonly visits: readonly string[];
  /** Newest first. */
  readonly hits: readonly Hit[];
  /** There are more than are given. */
  readonly areHitsCut: boolean;
}

/** `was`: what stood before, and stands where another note than the one that was meant stood. */
export type Noted =
  | { readonly isKept: true; readonly was: IncidentDetail['note']; readonly detail: IncidentDetail }
  | { readonly isKept: false; readonly was: IncidentDetail['note'] };
