// `profile: small`: other defaults, laid under what is written, so that all else reads them as if they stood in the file.
import { isRecord } from './shape.ts';

const SMALL: Readonly<Record<string, unknown>> = {
  workers: '1',
  cache: { entries: 5_000, size: '4MiB' },
  events: { history: '30d' },
  log: { keep: '7d', size: '128MiB' },
};

/** @param tree what file and variables say */
export function withProfile(tree: unknown): unknown {
  if (!isRecord(tree) || tree['profile'] !== 'small') return tree;
  return {
    ...tree,
    ...Object.fromEntries(Object.entries(SMALL).map(([name, below]) => [name, over(below, tree[name])])),
  };
}

/** A section that is left empty is as good as none. */
function over(below: unknown, written: unknown): unknown {
  if (written === undefined || written === null) return below;
  return isRecord(below) && isRecord(written) ? { ...below, ...written } : written;
}
