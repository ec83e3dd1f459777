// What a site calls its machines, as it tells the head, and what the head tells of others. Both come from another machine and are bounded.
//
// A machine is known by its MAC, or by an address in a network that no other site has.

import { isIP } from 'node:net';
import { SITE } from '../../config/meant/fleet.ts';
import { isUuid, packed, signedBody, unpackedObject, withSignature } from '../messages/packed.ts';
import type { IsSigned, Sign } from '../signing.ts';

/** MAC as it is written everywhere, or text of an address. */
export type MachineKey = string;

export interface SiteNames {
  /** The answer has the same. */
  readonly nonce: string;
  /** Whether what was told before counts no more. */
  readonly isAll: boolean;
  readonly names: readonly (readonly [key: MachineKey, name: string])[];
  /** They have no name any more. */
  readonly gone: readonly MachineKey[];
  /** Machines that have no name here. */
  readonly asked: readonly MachineKey[];
}

export interface FoundNames {
  readonly nonce: string;
  /** Of this head's start: with another one nothing is known to it. */
  readonly epoch: string;
  readonly found: readonly (readonly [key: MachineKey, name: string, site: string])[];
}

/** In one message. */
export const NAMES_MAX = 2_000;
export const ASKED_MAX = 200;
/** RFC 1035 §2.3.4. */
const NAME_LENGTH_MAX = 255;
const UNPACKED_MAX = 2 * 1024 * 1024;
const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

export const writeSiteNames = (names: SiteNames): Uint8Array => packed(names);

/** @param nameOf what a machine may be called; null: nothing that is a name @returns null when it is none */
export function readSiteNames(octets: Uint8Array, nameOf: NameOf): SiteNames | null {
  const read = unpackedObject(octets, UNPACKED_MAX) as SiteNames | null;
  if (read === null) return null;
  const { nonce, isAll, names, gone, asked } = read;
  const isRight =
    isUuid(nonce) &&
    typeof isAll === 'boolean' &&
    isListOf(names, NAMES_MAX, (one) => isNamed(one, 2, nameOf)) &&
    isListOf(gone, NAMES_MAX, isKey) &&
    isListOf(asked, ASKED_MAX, isKey);
  return isRight ? read : null;
}

export function writeFoundNames(site: string, found: FoundNames, sign: Sign): Uint8Array {
  return withSignature(packed({ site, ...found }), sign);
}

/** @returns null when it is none, or the head did not sign it for this site */
export function readFoundNames(
  site: string,
  octets: Uint8Array,
  isSigned: IsSigned,
  nameOf: NameOf,
): FoundNames | null {
  const body = signedBody(octets, isSigned);
  if (body === null) return null;
  const read = unpackedObject(body, UNPACKED_MAX) as (FoundNames & { readonly site: unknown }) | null;
  if (read === null || read.site !== site) return null;
  const { nonce, epoch, found } = read;
  const isRight =
    isUuid(nonce) &&
    isUuid(epoch) &&
    isListOf(found, ASKED_MAX, (one) => isNamed(one, 3, nameOf) && isSite(one));
  return isRight ? { nonce, epoch, found } : null;
}

export type NameOf = (text: string) => string | null;

export const isMac = (key: MachineKey): boolean => MAC.test(key);
const isKey = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= 45 && (isMac(value) || isIP(value) !== 0);
const isName = (value: unknown, nameOf: NameOf): boolean =>
  typeof value === 'string' && value.length <= NAME_LENGTH_MAX && nameOf(value) === value;

const isListOf = (value: unknown, most: number, isRight: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= most && value.every(isRight);

const isNamed = (one: unknown, size: number, nameOf: NameOf): one is readonly unknown[] =>
  Array.isArray(one) && one.length === size && isKey(one[0]) && isName(one[1], nameOf);
const isSite = (one: readonly unknown[]): boolean => typeof one[2] === 'string' && SITE.test(one[2]);
