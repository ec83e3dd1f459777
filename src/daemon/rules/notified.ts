// Lists whose primaries say by NOTIFY (RFC 1996) that their zones have changed: fetched at once, and never more than once a second.
import type { Logger } from 'pino';
import type { Library } from '../../lists/library/library.ts';
import { addressToText } from '../../wire/names/address.ts';

/** Between two fetches that a primary asked for: its address can be forged where it has no key. */
const PAUSE_MS = 1_000;
const REFUSED_TELL_MS = 60_000;

interface NotifiedParts {
  readonly log: Logger;
  /** Wall clock, ms. */
  readonly now: () => number;
}

export class NotifiedLists {
  readonly #library: Library;
  readonly #parts: NotifiedParts;
  readonly #fetch: (list: string) => void;
  /** Those that are not fetched yet. */
  readonly #changed = new Set<string>();
  #fetchedMs = Number.NEGATIVE_INFINITY;
  #refusedMs = Number.NEGATIVE_INFINITY;

  constructor(library: Library, parts: NotifiedParts, fetch: (list: string) => void) {
    this.#library = library;
    this.#parts = parts;
    this.#fetch = fetch;
  }

  /**
   * A primary may have said that its zone has changed: then each list that is this zone is fetched at once.
   * @param from the sender, 16 octets
   * @returns the reply; null when no list is such a zone
   */
  notified(message: Uint8Array, from: Uint8Array): Uint8Array | null {
    const told = this.#library.notified(message, from);
    if (told === null) return null;
    const { lists, refused } = told;
    if (refused === null) for (const list of lists) this.#fetchSoon(list);
    else if (this.#parts.now() - this.#refusedMs > REFUSED_TELL_MS) {
      this.#refusedMs = this.#parts.now();
      this.#parts.log.warn({ list: lists[0], from: addressToText(from) }, `a NOTIFY is refused: ${refused}`);
    }
    return told.reply;
  }

  /** Many messages are one fetch; one that comes while it runs is another. */
  #fetchSoon(list: string): void {
    if (this.#changed.has(list)) return;
    this.#changed.add(list);
    const waitMs = Math.max(0, this.#fetchedMs + PAUSE_MS - performance.now());
    setTimeout(() => {
      this.#changed.delete(list);
      this.#fetchedMs = performance.now();
      this.#parts.log.info({ list }, 'its primary says that it has changed');
      this.#fetch(list);
    }, waitMs).unref();
  }
}
