// What a receiver is: it delivers one notice, or says why not. Retry, order and patience are delivery.ts's, once for all receivers.
import type { Hit } from '../hits/hit.ts';
import type { IncidentSummary } from '../hits/incidents/summary.ts';

/** `trouble`: something is wrong with cenote itself (disk full); `test`: a sample that a person asked for. */
export type NoticeKind = 'opened' | 'update' | 'closed' | 'trouble' | 'test';

/** One thing to tell. The same notice keeps its identifier over all attempts: a receiver may use it to drop a repetition. */
export interface Notice {
  /** ULID. */
  readonly id: string;
  readonly kind: NoticeKind;
  /** ISO 8601. */
  readonly time: string;
  /** What trouble it is; empty for others. */
  readonly text: string;
  /** As it was when the notice was sealed; null for trouble. */
  readonly incident: IncidentSummary | null;
  /** Hits since this receiver's last notice of the incident; equal questions share one, counted exactly. */
  readonly hits: readonly Hit[];
  /** Queries since then beyond those in `hits`. */
  readonly furtherHits: number;
  /** Other incidents of the same client that are open. */
  readonly others: readonly { readonly id: string; readonly list: string; readonly hits: number }[];
}

export interface Receiver {
  /** Stays the same over restarts: what waits in the outbox is found again by it. */
  readonly name: string;
  /** Resolves when the receiver has taken it. @throws ReceiverError */
  deliver(notice: Notice, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export type ReceiverErrorCode = 'RECEIVER_UNREACHABLE' | 'RECEIVER_REFUSED' | 'RECEIVER_FAILED';

export class ReceiverError extends Error {
  readonly code: ReceiverErrorCode;
  /** The receiver will never take this notice, however often it is sent. */
  readonly permanent: boolean;
  /** When the receiver wants to be asked again; null when it did not say. */
  readonly retryAfterMs: number | null;

  constructor(
    code: ReceiverErrorCode,
    message: string,
    more: { permanent?: boolean; retryAfterMs?: number | null; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'ReceiverError';
    this.code = code;
    this.permanent = more.permanent ?? false;
    this.retryAfterMs = more.retryAfterMs ?? null;
  }
}
