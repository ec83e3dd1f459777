// One list as the library holds it, and what of it is to be compiled.
import { join } from 'node:path';
import type { ListConfig } from '../../config/config.ts';
import type { ListBody } from '../body.ts';
import type { CompileList, ListReport } from '../compile.ts';
import type { Fetched, ListSource, Validators } from '../sources/source.ts';
import type { ListState } from './list-state.ts';

export interface Held {
  readonly config: ListConfig;
  readonly source: ListSource;
  readonly paths: { readonly good: string; readonly fresh: string };
  state: ListState;
  /** Fetched, not yet compiled. */
  fresh: Fresh | null;
  /** What the guard refused: not compiled again until the source says something new. */
  refused: Validators | null;
  /** Its last-known-good text is on disk. */
  hasGood: boolean;
  /** A text of it was compiled, in this run or before. */
  inForce: boolean;
}

/** Where a list's last good text stands, and one that was fetched and is not compiled yet. */
export function pathsOf(dir: string, name: string, key: string): Held['paths'] {
  const file = `${name.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 80)}-${key}`;
  return { good: join(dir, `${file}.good`), fresh: join(dir, `${file}.fresh`) };
}

export type Fresh = Extract<Fetched, { kind: 'body' }>;
export type Failure = NonNullable<ListReport['error']>;

/** What to compile of a list: its fresh text measured against the one in force, else the one in force. */
export function compileListOf({ config: said, source, paths, state, fresh, hasGood }: Held): CompileList {
  // A transferred zone is a zone, whatever most of its lines look like.
  const config = source.kind === 'rpz' ? { ...said, format: 'rpz' as const } : said;
  const good: ListBody | null = hasGood ? { kind: 'file', path: paths.good } : null;
  if (fresh !== null)
    return {
      config,
      body: fresh.body,
      fallback: good,
      previousEntries: good === null ? null : state.entries,
    };
  if (source.kind === 'inline')
    return {
      config,
      body: { kind: 'names', names: config.names ?? [] },
      fallback: null,
      previousEntries: null,
    };
  // Where nothing can be kept on disk, the user's own file still can be read.
  const own: ListBody | null = source.kind === 'file' ? { kind: 'file', path: config.source } : null;
  return { config, body: good ?? own, fallback: null, previousEntries: null };
}

/** What of a list is in force: a text, and how it is read. */
export interface ListText {
  readonly config: ListConfig;
  readonly body: ListBody;
}

export function textInForce(held: Held): ListText | null {
  const { config, body } = compileListOf({ ...held, fresh: null });
  return body === null ? null : { config, body };
}

/** Whether the source says it still has that very text. */
export function isSame(a: Validators, b: Validators | null): boolean {
  if (b === null || (a.etag ?? a.lastModified ?? a.identity) === null) return false;
  return a.etag === b.etag && a.lastModified === b.lastModified && a.identity === b.identity;
}
