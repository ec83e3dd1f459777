// What the admin interface asks about what happened, and what it may change: pauses and acknowledgements.

import type { Who } from '../../clients/who.ts';
import type {
  ClientTimeline,
  HuntFinding,
  IncidentDetail,
  Noted,
  ReceiverReply,
} from '../../desk/messages.ts';
import type { Coverage } from '../../hits/coverage.ts';
import type { Hit } from '../../hits/hit.ts';
import type { IncidentSummary } from '../../hits/incidents/summary.ts';
import type { HitFilter } from '../../hits/store/hit-table.ts';
import type { IncidentFilter } from '../../hits/store/incident-table.ts';

export type { IncidentDetail } from '../../desk/messages.ts';

export interface EventsState {
  /** Whom a name, MAC, address or id means; null: nobody. */
  readonly whoIs: (text: string) => Who | null;
  /** Newest first. */
  readonly hits: (filter: HitFilter) => Promise<readonly Hit[]>;
  /** @throws RouteError for a list that is none */
  readonly hunt: (asked: HuntAsked) => Promise<readonly HuntFinding[]>;
  /** Of which time an answer about history or hits speaks. */
  readonly coverage: (of: 'history' | 'hits', sinceMs: number) => Promise<Coverage>;
  /** Lists in force that alert: those that a hunt without words looks for. */
  readonly alerting: () => readonly string[];
  /** False: what is asked for is not kept at present; a hunt sees only what was kept before. */
  readonly keepsHistory: () => boolean;
  readonly incidents: (filter: IncidentFilter) => Promise<readonly IncidentSummary[]>;
  /** null: there is no such incident. */
  readonly acknowledge: (id: string) => Promise<IncidentSummary | null>;
  /** null: there is no such incident. */
  readonly incident: (id: string) => Promise<IncidentDetail | null>;
  /** @param text empty: the note goes; null: there is no such incident */
  readonly noteIncident: (id: string, text: string, base?: string | null) => Promise<Noted | null>;
  readonly client: (who: Who, sinceMs: number) => Promise<ClientTimeline>;
  readonly testAlerts: () => Promise<readonly ReceiverReply[]>;
  readonly paused: () => readonly PauseView[];
  /** @param group null for all @param forMs null until resumed; @throws RouteError for a group that is none */
  readonly pause: (group: string | null, forMs: number | null) => Promise<void>;
  /** @param group null for all; @throws RouteError for a group that is none */
  readonly resume: (group: string | null) => Promise<void>;
}

export interface HuntAsked {
  /** null: all that alert, unless names are given. */
  readonly lists: readonly string[] | null;
  /** Presentation form, lower case. */
  readonly names: readonly string[];
  readonly sinceMs: number;
}

export interface PauseView {
  readonly group: string;
  /** ISO 8601; null until it is resumed. */
  readonly until: string | null;
}
