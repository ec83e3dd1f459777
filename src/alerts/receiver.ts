// What a receiver is: it delivers one notice, or says why not. Retry, order and patience are delivery.ts's, once for all receivers.
import { CodedError } from '../config/coded-error.ts';
import type { CodesOf } from '../config/error-codes.ts';
import type { Hit } from '../hits/hit.ts';
import type { PastAsking } from '../hits/incidents/asked-names.ts';
import type { IncidentSummary } from '../hits/incidents/summary.ts';

/**
 * `opened` is the first notice of an incident that the receiver gets, `reopened` that it goes on after its end; `trouble`: something is
 * wrong with cenote itself (disk full), `recovered`: it is well again; `test`: a sample that a person asked for.
 */
export type NoticeKind = 'opened' | 'update' | 'reopened' | 'closed' | 'trouble' | 'recovered' | 'test';

/** Something that is wrong with cenote itself. */
export interface Trouble {
  /** The same from its begin to its end, and for the same trouble of another day. */
  readonly id: string;
  readonly text: string;
  /** ISO 8601. */
  readonly since: string;
}

/** One thing to tell. The same notice keeps its identifier over all attempts: a receiver may use it to drop a repetition. */
export interface Notice {
  /** ULID. */
  readonly id: string;
  readonly kind: NoticeKind;
  /** ISO 8601. */
  readonly time: string;
  /** What it says, in a sentence. */
  readonly text: string;
  /** As it was when the notice was sealed; null for trouble. */
  readonly incident: IncidentSummary | null;
  /** Hits since this receiver's last notice of the incident; equal questions share one, counted exactly. */
  readonly hits: readonly Hit[];
  /** Queries since then beyond those in `hits`. */
  readonly furtherHits: number;
  /** Found in the history since then: askings of before the names were listed. */
  readonly found: readonly PastAsking[];
  /** Queries found beyond those in `found`. */
  readonly furtherFound: number;
  /** Other incidents of the same machine that are open. */
  readonly others: readonly { readonly id: string; readonly list: string; readonly hits: number }[];
  readonly trouble: Trouble | null;
  /** Where the page shows it; null when nobody said where people reach the page. */
  readonly link: string | null;
  /** Another notice follows before this moment, ISO 8601, for receivers that forget what is not repeated; else null. */
  readonly expires: string | null;
}

export interface Receiver {
  /** Stays the same over restarts: what waits in the outbox is found again by it. */
  readonly name: string;
  /** It takes what is not repeated for over: it is told again while an incident or trouble lasts. */
  readonly forgets?: boolean;
  /** Resolves when the receiver has taken it. The same object over all attempts. @throws ReceiverError */
  deliver(notice: Notice, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export type ReceiverErrorCode = CodesOf<'RECEIVER'>;

export class ReceiverError extends CodedError<ReceiverErrorCode> {
  /** The receiver will never take this notice, however often it is sent. */
  readonly permanent: boolean;
  /** Some of those behind it have taken the notice: the others hold up nothing that follows. */
  readonly isPartly: boolean;
  /** When the receiver wants to be asked again; null when it did not say. */
  readonly retryAfterMs: number | null;

  constructor(
    code: ReceiverErrorCode,
    message: string,
    more: { permanent?: boolean; isPartly?: boolean; retryAfterMs?: number | null; cause?: unknown } = {},
  ) {
    super(code, message, { cause: more.cause });
    this.permanent = more.permanent ?? false;
    this.isPartly = more.isPartly ?? false;
    this.retryAfterMs = more.retryAfterMs ?? null;
  }
}
