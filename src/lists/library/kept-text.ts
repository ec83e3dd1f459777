// The text kept of a list, and whether it is the one in force: a folder that may not be read for a while, a file that was removed
// or cut short must not take away what is in force.
import { type ListBody, sizeOf } from '../body.ts';
import type { ListSource } from '../sources/source.ts';
import { folderCopy } from './folder-copy.ts';
import type { ListState } from './list-state.ts';

/** What is known of it; as `Held` says. */
interface Keeping {
  readonly source: Pick<ListSource, 'kind'>;
  readonly paths: { readonly good: string };
  readonly hasGood: boolean;
  readonly isGoodOld: boolean;
  readonly state: Pick<ListState, 'keptOctets'>;
}

/** The text kept last, whatever is left of it. */
export function keptOf({ source, paths, hasGood }: Keeping): ListBody | null {
  if (!hasGood) return null;
  return source.kind === 'folder' ? folderCopy(paths.good) : { kind: 'file', path: paths.good };
}

/** Null where not all of it may be read. */
export function octetsIn(body: ListBody | null): number | null {
  try {
    return body === null ? null : sizeOf(body);
  } catch {
    return null;
  }
}

/** The text kept last, where it is the one in force, whole. */
export function keptInForce(held: Keeping): ListBody | null {
  if (held.isGoodOld) return null;
  const kept = keptOf(held);
  const octets = octetsIn(kept);
  const { keptOctets } = held.state;
  return octets === null || (keptOctets !== null && octets !== keptOctets) ? null : kept;
}
