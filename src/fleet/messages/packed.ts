// How what a head and its sites tell each other is packed: JSON in zstd, bounded where it is unpacked. What the head alone may say has its
// signature of the packed octets before them.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type IsSigned, SIGNATURE_OCTETS, type Sign } from '../signing.ts';

/** NATS takes 1 MiB as it is installed; the rest is for headers and signatures. */
export const MESSAGE_OCTETS_MAX: number = 900 * 1024;
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const packed = (value: object): Uint8Array => zstdCompressSync(JSON.stringify(value), LEVEL);

/** @throws Error when it is no JSON in zstd, or unpacked more than so many octets */
export const unpacked = (octets: Uint8Array, octetsMax: number): unknown =>
  JSON.parse(zstdDecompressSync(octets, { maxOutputLength: octetsMax }).toString());

/** @returns null when it is no object */
export function unpackedObject(octets: Uint8Array, octetsMax: number): object | null {
  try {
    const value = unpacked(octets, octetsMax);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

export const withSignature = (body: Uint8Array, sign: Sign): Uint8Array => Buffer.concat([sign(body), body]);

/** What is signed; null: the head did not sign it. */
export function signedBody(octets: Uint8Array, isSigned: IsSigned): Uint8Array | null {
  const [signature, body] = [octets.subarray(0, SIGNATURE_OCTETS), octets.subarray(SIGNATURE_OCTETS)];
  return signature.length === SIGNATURE_OCTETS && isSigned(body, signature) ? body : null;
}

export const isUuid = (value: unknown): boolean => typeof value === 'string' && UUID.test(value);
