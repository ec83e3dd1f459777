// What a site sends is signed with a key that never leaves it: who has only its NATS account, or the server, invents nothing in its name.
//
// A message is the site's public key (32 octets), the signature (64) of purpose, site and body, and the body.
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { SIGNATURE_OCTETS } from './signing.ts';

/** A signature of one is none of the other. */
export type SealPurpose = 'batch' | 'state' | 'answer' | 'names';
export type Seal = (purpose: SealPurpose, body: Uint8Array) => Uint8Array;

const KEY_OCTETS = 32;
export const SEAL_OCTETS: number = KEY_OCTETS + SIGNATURE_OCTETS;

const signed = (site: string, purpose: SealPurpose, body: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`cenote ${purpose} 1\n${site}\n`), body]);

/** @param key the site's private one */
export function sealOf(site: string, key: KeyObject): Seal {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const publicKey = Buffer.from(x, 'base64url');
  return (purpose, body) => Buffer.concat([publicKey, sign(null, signed(site, purpose, body), key), body]);
}

export interface Sealed {
  /** 32 octets in base64. */
  readonly key: string;
  readonly body: Uint8Array;
}

/** @returns null when nobody's key signed it as this, for this site */
export function unsealed(site: string, purpose: SealPurpose, octets: Uint8Array): Sealed | null {
  if (octets.length < SEAL_OCTETS) return null;
  const key = Buffer.from(octets.subarray(0, KEY_OCTETS));
  const body = octets.subarray(SEAL_OCTETS);
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') };
    const isRight = verify(
      null,
      signed(site, purpose, body),
      createPublicKey({ key: jwk, format: 'jwk' }),
      octets.subarray(KEY_OCTETS, SEAL_OCTETS),
    );
    return isRight ? { key: key.toString('base64'), body } : null;
  } catch {
    return null;
  }
}
