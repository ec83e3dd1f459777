// Ed25519 signatures (RFC 8032) of what a head publishes. A site accepts what its head's key signed, whoever could write to the stream.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../config/coded-error.ts';
import { KEPT_MODE, writeWhole } from '../config/disk/whole-file.ts';
import { FleetError } from './fleet-error.ts';

/** A signature of one is none of the other. */
export type Purpose = 'policy' | 'hunt' | 'done' | 'names';
/** By the head, for one purpose. */
export type Sign = (body: Uint8Array) => Uint8Array;
export type IsSigned = (body: Uint8Array, signature: Uint8Array) => boolean;

/** RFC 8032 §5.1.6. */
export const SIGNATURE_OCTETS = 64;

const purposeOf = (purpose: Purpose): Uint8Array => Buffer.from(`cenote ${purpose} 1\n`);

/** A private key of a head or site, made where there is none. @throws FleetError FLEET_KEY */
export function privateKey(path: string, whose: 'head' | 'site' = 'head'): KeyObject {
  try {
    if (!existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const made = generateKeyPairSync('ed25519');
      writeWhole(path, made.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), KEPT_MODE);
    }
    const key = createPrivateKey(readFileSync(path));
    if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is no Ed25519 key');
    return key;
  } catch (error) {
    const why = messageOf(error);
    throw new FleetError('FLEET_KEY', `the ${whose}'s signing key cannot be used: ${why} (${path})`, {
      cause: error,
    });
  }
}

/** As `fleet.key` has it: 32 octets in base64. */
export function publicKeyText(key: KeyObject): string {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('base64');
}

export function signatureOf(body: Uint8Array, key: KeyObject, purpose: Purpose = 'policy'): Uint8Array {
  return sign(null, Buffer.concat([purposeOf(purpose), body]), key);
}

/** @param key as `fleet.key` has it */
export function isSignedBy(
  body: Uint8Array,
  signature: Uint8Array,
  key: string,
  purpose: Purpose = 'policy',
): boolean {
  const x = Buffer.from(key, 'base64').toString('base64url');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x };
  return verify(
    null,
    Buffer.concat([purposeOf(purpose), body]),
    createPublicKey({ key: jwk, format: 'jwk' }),
    signature,
  );
}

/** Of a user of the server. @throws FleetError FLEET_CREDENTIALS */
export function readSeed(path: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new FleetError('FLEET_CREDENTIALS', `the credentials cannot be read (${messageOf(error)})`);
  }
  const seed = /\bSU[A-Z2-7]{56}\b/.exec(text)?.[0];
  if (seed === undefined)
    throw new FleetError(
      'FLEET_CREDENTIALS',
      `there is no NKey seed of a user in ${path}; join the fleet anew`,
    );
  return new TextEncoder().encode(seed);
}
