// How much of what brings no question a client may send: each costs us little, but more than it costs to send.

/** Requests broken off, by the client or for its faults, in one RESET_WINDOW_MS; more end the connection (CVE-2023-44487, CVE-2025-8671). */
const RESETS_MAX = 200;
const RESET_WINDOW_MS = 10_000;
/** Frames that are no request (PING, SETTINGS, WINDOW_UPDATE, empty DATA …) beyond those that requests pay for. */
const FRAMES_MAX = 1_000;
/** Such frames that one request pays for. */
const FRAMES_PER_REQUEST = 16;

export class Patience {
  #resets = 0;
  #resetsSinceMs = 0;
  #frames = 0;

  /** @returns false: too many */
  reset(nowMs: number): boolean {
    if (nowMs - this.#resetsSinceMs > RESET_WINDOW_MS) {
      this.#resets = 0;
      this.#resetsSinceMs = nowMs;
    }
    this.#resets += 1;
    return this.#resets <= RESETS_MAX;
  }

  /** @returns false: too many */
  frame(): boolean {
    this.#frames += 1;
    return this.#frames <= FRAMES_MAX;
  }

  request(): void {
    this.#frames = Math.max(0, this.#frames - FRAMES_PER_REQUEST);
  }
}
