// What the head answers a batch with: how far the site's store is in the central one. Only then may a site go on.
import type { Mark } from './mark.ts';

export interface Done extends Mark {
  /** False: the batch did not follow the mark, and the site begins from the mark again. */
  readonly isTaken: boolean;
}

const DONE_OCTETS_MAX = 1024;

export const writeDone = (done: Done): Uint8Array => new TextEncoder().encode(JSON.stringify(done));

/** @returns null when it is none */
export function readDone(octets: Uint8Array): Done | null {
  if (octets.length > DONE_OCTETS_MAX) return null;
  try {
    const { epoch, hits, lastId, notes, isTaken }: Done = JSON.parse(new TextDecoder().decode(octets));
    const isRight =
      typeof epoch === 'string' &&
      isCount(hits) &&
      isCount(notes) &&
      (lastId === null || typeof lastId === 'string') &&
      typeof isTaken === 'boolean';
    return isRight ? { epoch, hits, lastId, notes, isTaken } : null;
  } catch {
    return null;
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
