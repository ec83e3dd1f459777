// What a receiver of events is: it delivers a batch, or says what of it was not taken and why. Patience is outlet.ts's.
import type { Line } from './event.ts';

export interface Receiver {
  /** @throws Refusal, or any error when there was no answer */
  deliver(batch: readonly Line[], signal: AbortSignal): Promise<Outcome>;
  close(): void | Promise<void>;
  /** Batches under way at once; unset, one after the other, in their order. */
  readonly atOnce?: number;
  /** How long one may take; unset, as outlet.ts has it. */
  readonly patienceMs?: number;
}

/** Of a batch that was answered. */
export interface Outcome {
  /** To be sent again. */
  readonly again: readonly Line[];
  /** Events that the receiver will never take. */
  readonly refused: number;
  /** Why; null: all were taken. */
  readonly why: string | null;
}

export const ALL_TAKEN: Outcome = { again: [], refused: 0, why: null };

/** `later`: the receiver, or what it is asked with, must change; `smaller`: the batch is too large, or something in it is bad. */
export class Refusal extends Error {
  readonly what: 'later' | 'smaller';
  readonly retryAfterMs: number | null;

  constructor(what: 'later' | 'smaller', message: string, retryAfterMs: number | null = null) {
    super(message);
    this.name = 'Refusal';
    this.what = what;
    this.retryAfterMs = retryAfterMs;
  }
}
