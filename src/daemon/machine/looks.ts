// Looks at what nobody tells of: files, folders, the kernel's tables. One timer for all of them, so that a machine at rest is woken
// once for all, and seldom.
//
// At rest nobody has asked for ten seconds. Whoever asks then ends it: what there is to see is looked at at once, and the hits thread reads
// the record 50 ms later (events/look-pace.ts).
import { AskedReader, createAsked } from '../../events/asked.ts';

/** While clients ask, and at rest. */
export const LOOKS_MS = { busy: 1000, rest: 5000 } as const;
/** Looks in a row that saw nobody ask until it is rest. */
const REST_LOOKS = 10;
/** A timer comes late, and then the next one must not count as too early. */
const SLACK_MS = 500;

interface Look {
  readonly look: () => void;
  /** While clients ask, ms. */
  readonly everyMs: number;
  lastMs: number;
}

export class Looks {
  /** For resolver threads, which say in it that somebody asks. */
  readonly asked: SharedArrayBuffer = createAsked();
  readonly #asked = new AskedReader(this.asked);
  readonly #now: () => number;
  readonly #looks = new Set<Look>();
  #timer: NodeJS.Timeout | null = null;
  #unasked = 0;
  #isAtRest = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param now ms; no clock that is set */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * @param everyMs how often while clients ask; at rest each time there is a look
   * @returns ends it
   */
  every(everyMs: number, look: () => void): () => void {
    const own = { look, everyMs, lastMs: this.#now() };
    this.#looks.add(own);
    this.#timer ??= this.#wait();
    return () => {
      this.#looks.delete(own);
      if (this.#looks.size === 0) this.#stop();
    };
  }

  /** Somebody wants to know now: at rest it is looked at once, as often as there would be looks without it. */
  now(): void {
    if (this.#isAtRest && this.#now() - this.#lastMs >= LOOKS_MS.busy) this.#lookAtAll();
  }

  #wait(): NodeJS.Timeout {
    return setTimeout(
      () => {
        this.#pace();
        this.#timer = this.#wait();
        if (this.#isAtRest) this.#lookAtAll();
        else this.#lookAt((one, nowMs) => nowMs - one.lastMs >= one.everyMs - SLACK_MS);
      },
      this.#isAtRest ? LOOKS_MS.rest : LOOKS_MS.busy,
    ).unref();
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #pace(): void {
    if (this.#isAtRest) return;
    this.#unasked = this.#asked.take() ? 0 : this.#unasked + 1;
    if (this.#unasked < REST_LOOKS) return;
    this.#isAtRest = true;
    this.#asked.rest(() => this.#endRest());
  }

  #endRest(): void {
    this.#isAtRest = false;
    this.#unasked = 0;
    if (this.#timer === null) return;
    this.#stop();
    this.#timer = this.#wait();
    this.#lookAtAll();
  }

  #lookAtAll(): void {
    this.#lookAt(() => true);
  }

  #lookAt(isDue: (one: Look, nowMs: number) => boolean): void {
    const nowMs = this.#now();
    this.#lastMs = nowMs;
    for (const one of [...this.#looks]) {
      if (!isDue(one, nowMs)) continue;
      one.lastMs = nowMs;
      one.look();
    }
  }
}
