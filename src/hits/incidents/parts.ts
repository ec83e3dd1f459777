// The big parts of an incident as the store has them: when it was asked, how often each name, and which names beyond those shown.
import type { AskedName, Incident } from './incident.ts';

/** When it was asked: the incident as a whole, and its names in their order, but for those that came since it was written. */
export interface Times {
  readonly own: readonly number[];
  readonly names: readonly (readonly number[])[];
}

/** Earlier releases wrote its own times before those of its names; before visits were counted there were none of its own. */
export function timesIn(kept: Times | number[][], names: number): { own: number[]; names: number[][] } {
  if (!Array.isArray(kept)) return structuredClone(kept) as { own: number[]; names: number[][] };
  const [own = [], ...ofNames] = kept.length > names ? kept : [[], ...kept];
  return { own, names: ofNames };
}

/** Of each name: queries, visits, first and last. */
const COUNTS_A_NAME = 4;

export function countsOf({ names }: Incident): Uint8Array {
  const counts = new Float64Array(names.length * COUNTS_A_NAME);
  names.forEach(({ count, visits, firstMs, lastMs }, i) => {
    counts.set([count, visits, firstMs, lastMs], i * COUNTS_A_NAME);
  });
  return new Uint8Array(counts.buffer);
}

/** Of each name by its place; none: an earlier release wrote it, and the body says all. */
export function countsIn(octets: unknown): (name: number) => Partial<AskedName> {
  if (!(octets instanceof Uint8Array)) return () => ({});
  const numbers = new Float64Array(octets.slice().buffer);
  return (name) => {
    const [count = 0, visits = 0, firstMs = 0, lastMs = 0] = numbers.subarray(name * COUNTS_A_NAME);
    return { count, visits, firstMs, lastMs };
  };
}

/** Hashes as eight octets each, least significant first as all machines that cenote runs on have them. */
export const octetsOf = (hashes: readonly number[]): Uint8Array =>
  new Uint8Array(Float64Array.from(hashes).buffer);

export function hashesIn(octets: unknown): Iterable<number> {
  return octets instanceof Uint8Array ? new Float64Array(octets.slice().buffer) : [];
}
