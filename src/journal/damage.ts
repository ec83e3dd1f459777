// What was passed over on the way through a journal file, and how many hits were in it.

export class Damage {
  #octets = 0;
  /** Whether a hit's record may have been in what was passed over since the last hit. */
  #sinceHit = false;
  #next: number;
  #lost = 0;

  /** @param next number of the hit that comes next */
  constructor(next: number) {
    this.#next = next;
  }

  get octets(): number {
    return this.#octets;
  }

  /** Octets that are no good frames, up to one that is. */
  passedOver(octets: number): void {
    this.#octets += octets;
    this.#sinceHit = true;
  }

  /** A good hit of that number. */
  passed(sequence: number): void {
    if (this.#sinceHit) this.#lost += Math.max(0, sequence - this.#next);
    this.#sinceHit = false;
    this.#next = sequence + 1;
  }

  /** @param isOpen whether the file ends with damage */
  lost(isOpen: boolean): number {
    return this.#lost + (isOpen || this.#sinceHit ? 1 : 0);
  }
}
