// Settings that this version reads but cannot honour yet: using one is an error that says so, never silence. A feature that
// lands takes its line out of here.
import type { Path } from './problem.ts';
import { isRecord } from './read/shape.ts';

interface Unsupported {
  /** `*` stands for every name or item. */
  readonly path: readonly string[];
  /** What is not there yet, as the subject of a sentence. */
  readonly what: string;
  /** What to do instead. */
  readonly instead: string;
  /** Which values need it; left out: all but empty ones. */
  readonly when?: (value: unknown) => boolean;
}

const UNSUPPORTED: readonly Unsupported[] = [];

export interface UnsupportedUse {
  readonly path: Path;
  readonly wrong: string;
  readonly right: string;
}

/** @param tree the settings as written, with overrides */
export function unsupportedUses(
  tree: unknown,
  settings: readonly Unsupported[] = UNSUPPORTED,
): UnsupportedUse[] {
  return settings.flatMap(({ path, what, instead, when }) =>
    matches(tree, path, [])
      .filter(({ value }) => (when === undefined ? !isEmpty(value) : when(value)))
      .map((found) => ({ path: found.path, wrong: `${what} is not in this version`, right: instead })),
  );
}

interface Match {
  readonly path: Path;
  readonly value: unknown;
}

function matches(value: unknown, pattern: readonly string[], path: Path): Match[] {
  const [part, ...rest] = pattern;
  if (part === undefined) return [{ path, value }];
  if (Array.isArray(value))
    return part === '*' ? value.flatMap((item, index) => matches(item, rest, [...path, index])) : [];
  if (!isRecord(value)) return [];
  const keys = part === '*' ? Object.keys(value) : Object.hasOwn(value, part) ? [part] : [];
  return keys.flatMap((key) => matches(value[key], rest, [...path, key]));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}
