// Which packs bring a site from the texts it has to the one it needs, with the fewest octets.
import type { Pack } from './document.ts';

/**
 * @param has whether a content is on this disk
 * @returns packs in the order in which they are unpacked; null when none leads there
 */
export function cheapestPath(
  packs: readonly Pack[],
  to: string,
  has: (sha256: string) => boolean,
): readonly Pack[] | null {
  if (has(to)) return [];
  let cheapest: { readonly path: readonly Pack[]; readonly octets: number } | null = null;
  // Differences form a line backwards; each of its texts may be there, or be had whole.
  let [wanted, behind, octets] = [to, [] as Pack[], 0];
  const seen = new Set<string>();
  while (!seen.has(wanted)) {
    seen.add(wanted);
    const whole = packs.find((pack) => pack.to === wanted && pack.from === null);
    if (whole !== undefined && (cheapest === null || octets + whole.octets < cheapest.octets))
      cheapest = { path: [whole, ...behind], octets: octets + whole.octets };
    const step = packs.find((pack) => pack.to === wanted && pack.from !== null);
    if (step === undefined || step.from === null) break;
    behind = [step, ...behind];
    octets += step.octets;
    wanted = step.from;
    if (has(wanted) && (cheapest === null || octets < cheapest.octets)) return behind;
  }
  return cheapest?.path ?? null;
}
