// What the head answers a batch with: how far the site's store is in the central one. Only then may a site go on.

import type { IsSigned, Sign } from '../signing.ts';
import type { Mark } from './mark.ts';

export interface Done extends Mark {
  /** False: the batch did not follow the mark, and the site begins from the mark again. */
  readonly isTaken: boolean;
}

const DONE_OCTETS_MAX = 1024;

/** What the head signs: all of it, and whose it is. Who could write to the server, and is not the head, moves no site's mark. */
const bodyOf = (site: string, { epoch, hits, lastId, notes, isTaken }: Done): Uint8Array =>
  new TextEncoder().encode(JSON.stringify([site, epoch, hits, lastId, notes, isTaken]));

export function writeDone(site: string, done: Done, sign: Sign): Uint8Array {
  const signature = Buffer.from(sign(bodyOf(site, done))).toString('base64');
  return new TextEncoder().encode(JSON.stringify({ ...done, signature }));
}

/** @returns null when it is none, or the head did not sign it for this site */
export function readDone(site: string, octets: Uint8Array, isSigned: IsSigned): Done | null {
  if (octets.length > DONE_OCTETS_MAX) return null;
  try {
    const read: Done & { readonly signature: unknown } = JSON.parse(new TextDecoder().decode(octets));
    const { epoch, hits, lastId, notes, isTaken, signature } = read;
    const isRight =
      typeof epoch === 'string' &&
      isCount(hits) &&
      isCount(notes) &&
      (lastId === null || typeof lastId === 'string') &&
      typeof isTaken === 'boolean' &&
      typeof signature === 'string';
    const done = { epoch, hits, lastId, notes, isTaken };
    return isRight && isSigned(bodyOf(site, done), Buffer.from(signature, 'base64')) ? done : null;
  } catch {
    return null;
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
