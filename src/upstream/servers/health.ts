// How one upstream has been doing: round trips, failures in a row, and when it may be tried again (RFC 9520 §3).
//
// HOT for `answered`. Pure: the clock comes in. A server is down after FAILURES_MAX failures in a row; it is then asked
// by probes alone, 1, 2, 4 … up to 30 seconds apart, until one is answered.

const FAILURES_MAX = 8;
const BACKOFF_MS_MIN = 1000;
const BACKOFF_MS_MAX = 30_000;
/** RFC 6298 §2: gains of the smoothed round trip and its variation. */
const RTT_GAIN = 1 / 8;
/** A wait of so many round trips is out of the ordinary. */
const LATE_FACTOR = 3;
/** How far one sample moves the estimate of the 95th percentile, as a share of it. */
const P95_STEP = 0.05;

export class Health {
  /** Smoothed round trip; −1 before the first response. */
  rttMs = -1;
  /** Estimate of the time within which 95 of 100 responses come; −1 before the first. */
  p95Ms = -1;
  queries = 0;
  responses = 0;
  failures = 0;
  isDown = false;
  /** While down: when the next probe is due. */
  retryAtMs = 0;
  /** Queries in a row without a usable response in time. */
  failuresInRow = 0;
  #backoffMs = BACKOFF_MS_MIN;

  /** A response that belongs and helps. */
  answered(rttMs: number): void {
    this.responses += 1;
    this.failuresInRow = 0;
    this.#backoffMs = BACKOFF_MS_MIN;
    this.isDown = false;
    this.rttMs = this.rttMs < 0 ? rttMs : this.rttMs + (rttMs - this.rttMs) * RTT_GAIN;
    // A walk that rests where 19 of 20 samples are below it.
    if (this.p95Ms < 0) this.p95Ms = 2 * rttMs + 1;
    else this.p95Ms *= rttMs > this.p95Ms ? 1 + P95_STEP : 1 - P95_STEP / 19;
  }

  /** No usable response: too late, refused, broken. */
  failed(nowMs: number): void {
    this.failures += 1;
    this.#miss(nowMs);
  }

  #miss(nowMs: number): void {
    this.failuresInRow += 1;
    if (this.failuresInRow < FAILURES_MAX) return;
    if (!this.isDown) {
      this.isDown = true;
      this.retryAtMs = nowMs + this.#backoffMs;
    }
  }

  /**
   * The first to be asked has not answered for `waitedMs`, and another is asked instead: it loses rank at once, and after
   * whole waits of `wholeMs` in a row it counts as down before its time-outs come, unless it is always that slow.
   */
  late(waitedMs: number, wholeMs: number, nowMs: number): void {
    const isUnlike = waitedMs > LATE_FACTOR * this.rttMs;
    if (waitedMs > this.rttMs && this.rttMs >= 0) this.rttMs += (waitedMs - this.rttMs) * RTT_GAIN;
    if (waitedMs >= wholeMs && isUnlike) this.#miss(nowMs);
  }

  /** Whether a probe is due now; then puts the next one off. */
  claimProbe(nowMs: number): boolean {
    if (!this.isDown || nowMs < this.retryAtMs) return false;
    this.#backoffMs = Math.min(2 * this.#backoffMs, BACKOFF_MS_MAX);
    this.retryAtMs = nowMs + this.#backoffMs;
    return true;
  }
}
