// One list as the library holds it, and what of it is to be compiled.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ListConfig, Milliseconds } from '../../config/config.ts';
import type { Notified } from '../../zone/notify.ts';
import type { ListBody } from '../body.ts';
import type { CompileList } from '../compile.ts';
import { OWN_ENTRIES_MIN } from '../guard.ts';
import type { ListReport } from '../list-report.ts';
import { identityOf } from '../sources/file.ts';
import { folderBody, folderIdentity } from '../sources/folder.ts';
import type { Fetched, ListSource, Validators } from '../sources/source.ts';
import { drop } from './disk.ts';
import { copiesOf } from './folder-copy.ts';
import { keptInForce, keptOf } from './kept-text.ts';
import { type ListState, newState } from './list-state.ts';

export interface Held {
  config: ListConfig;
  source: ListSource;
  readonly paths: { readonly good: string; readonly fresh: string };
  state: ListState;
  /** Fetched, and not in force yet. */
  fresh: Fresh | null;
  /** Whether `fresh` is in the request that is being compiled. */
  isCompiling: boolean;
  /** What was refused: not compiled again until the source says something new. */
  refused: Refused | null;
  /** Its last-known-good text is on disk. */
  hasGood: boolean;
  /** That text is not the one in force, which the disk did not take, or which was another by the time it was to be kept. */
  isGoodOld: boolean;
  /** Where a text that is not the one in force stands in the request that is being compiled; null for nowhere. */
  notInForce: 'body' | 'fallback' | null;
  /** When its source was last asked for what is in force and can no longer be read, by the monotonic clock. */
  askedAnewMs: Milliseconds | null;
  /** When to look again, by the monotonic clock; null for never. */
  dueMs: Milliseconds | null;
  /** By the monotonic clock. */
  readonly heldSinceMs: Milliseconds;
  /** An attempt that is under way. */
  running: Promise<unknown> | null;
  /** Somebody asked for another attempt while one was under way. */
  isWanted: boolean;
  /** Ends the attempt under way when the list goes. */
  readonly gone: AbortController;
}

export type Fresh = Extract<Fetched, { kind: 'body' }>;
export type Failure = NonNullable<ListReport['error']> & {
  /** For how long the source asks to be left alone. */
  readonly retryAfterMs?: Milliseconds;
};

export interface Refused {
  readonly validators: Validators;
  /** It was empty at one look, and may be so by its owner's will. */
  readonly isPerhapsEmpty: boolean;
}

export interface Found extends Pick<Held, 'config' | 'source' | 'paths'> {
  readonly key: string;
  /** What the last run knew of a list of that name. */
  readonly saved: ListState | undefined;
  /** The rules of the last run are there, too. */
  readonly isResumed: boolean;
}

/** With what the last run left of it. Without its rules, a text that is no longer on disk is not in force, whatever the state says. */
export function newHeld({ config, source, paths, key, saved, isResumed }: Found, nowMs: Milliseconds): Held {
  const hasGood = existsSync(paths.good);
  const isWhole = hasGood || config.names !== null;
  const isKept = saved?.key === key && (isWhole || isResumed);
  return {
    ...{ config, source, paths, hasGood, isGoodOld: false, notInForce: null, askedAnewMs: null },
    state: !isKept ? newState(key, nowMs) : isWhole ? saved : { ...saved, validators: null },
    ...{ fresh: null, isCompiling: false, refused: null, running: null, isWanted: false },
    // What was due while we were away is due now.
    ...{ dueMs: nowMs, heldSinceMs: nowMs, gone: new AbortController() },
  };
}

/** @param dir of all bodies */
export function pathsOf(dir: string, name: string, key: string): Held['paths'] {
  const file = `${name.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 80)}-${key}`;
  return { good: join(dir, `${file}.good`), fresh: join(dir, `${file}.fresh`) };
}

/** All it may have on disk. */
export function filesOf({ paths }: Held): string[] {
  return [paths.good, copiesOf(paths.good), paths.fresh];
}

/** Being asked, or waiting for its text to come into force. */
export function isBusy({ running, fresh }: Held): boolean {
  return running !== null || fresh !== null;
}

/** Whether it takes the network to ask it. */
export function isRemote({ kind }: ListSource): boolean {
  return kind === 'http' || kind === 'rpz';
}

/** What came is in force or refused: the list may be asked again. */
export function settle(held: Held): void {
  if (!held.isCompiling) return;
  held.fresh = null;
  held.isCompiling = false;
}

/** What sets its configuration back to what it is now. */
export function resetOf(held: Held): () => void {
  const { config, source, refused } = held;
  return () => {
    held.config = config;
    held.source = source;
    held.refused = refused;
  };
}

/** The list is no more, or another one under its name. */
export function leave({ gone, fresh, source, paths }: Held): void {
  gone.abort(new Error('the list is no more'));
  if (fresh !== null && source.kind !== 'file') void drop(paths.fresh);
}

interface ToCompile extends Pick<Held, 'notInForce'> {
  readonly list: CompileList;
}

/** What to compile of a list: its fresh text measured against the one in force, else the one in force. */
export function toCompile(held: Held): ToCompile {
  const { source, state, fresh } = held;
  // A transferred zone is a zone, whatever most of its lines look like.
  const format = source.kind === 'rpz' ? 'rpz' : source.format;
  const config = format === undefined ? held.config : { ...held.config, format };
  const good = keptInForce(held);
  // At a start, what can be read of another text is better than nothing; later such rules are refused.
  const rest = good === null ? keptOf(held) : null;
  const asFallback = rest === null ? null : 'fallback';
  if (fresh !== null) {
    const list = {
      config,
      body: fresh.body,
      fallback: good ?? rest,
      previousEntries: !state.inForce || fresh.isDeliberate === true ? null : state.entries,
      isOwn: source.kind === 'file',
      mayBeEmpty:
        state.isEmpty || source.kind === 'inline' || fresh.isDeliberate === true || mayBecomeEmpty(held),
    };
    return { list, notInForce: asFallback };
  }
  const mayBeEmpty = state.isEmpty || source.kind === 'inline' || source.kind === 'folder';
  const said = { config, previousEntries: null, isOwn: true, mayBeEmpty };
  // Where nothing can be kept on disk, what is the user's own still can be read.
  const own = good === null ? ownNow(held) : null;
  return own === null
    ? { list: { ...said, body: good ?? rest, fallback: null }, notInForce: rest === null ? null : 'body' }
    : { list: { ...said, body: own, fallback: rest }, notInForce: asFallback };
}

/** Null where it is not the user's own, cannot be read at present, or is another text than the one in force: that is looked at first. */
function ownNow({ source, config, state }: Held): ListBody | null {
  if (source.kind === 'inline') return { kind: 'names', names: config.names ?? [] };
  if (source.kind !== 'file' && source.kind !== 'folder') return null;
  const isFolder = source.kind === 'folder';
  try {
    const identity = isFolder ? folderIdentity(config.source) : identityOf(config.source);
    if (state.inForce && state.validators?.identity !== identity) return null;
    return isFolder ? folderBody(config.source) : { kind: 'file', path: config.source };
  } catch {
    // A file says why when it is compiled.
    return isFolder || state.inForce ? null : { kind: 'file', path: config.source };
  }
}

/** An own file may be empty; where rules go with that, it must have been so at two looks: a file is emptied to be written. */
function mayBecomeEmpty(held: Held): boolean {
  const { state, refused } = held;
  return mayBeEmptied(held) && (!state.inForce || state.isEmpty || refused?.isPerhapsEmpty === true);
}

function mayBeEmptied({ source, state, config }: Held): boolean {
  if (source.kind !== 'file') return false;
  return config.maxShrink >= 1 || state.entries < OWN_ENTRIES_MIN;
}

/** A file that is empty at this look, and may be no more at the next. */
export function isPerhapsBeingWritten(held: Held, error: Failure): boolean {
  return error.code === 'LIST_EMPTY' && mayBeEmptied(held) && !mayBecomeEmpty(held);
}

/** What of a list is in force: a text, and how it is read. */
export interface ListText {
  readonly config: ListConfig;
  readonly body: ListBody;
  /** `listKey` of the configuration that it came by. */
  readonly key: string;
}

export function textInForce(held: Held): ListText | null {
  const { config, body } = toCompile({ ...held, fresh: null }).list;
  return body === null ? null : { config, body, key: held.state.key };
}

/** Whether the source says it still has that very text. */
export function isSame(a: Validators, b: Validators | null): boolean {
  if (b === null || (a.etag ?? a.lastModified ?? a.identity) === null) return false;
  return a.etag === b.etag && a.lastModified === b.lastModified && a.identity === b.identity;
}

export interface NotifiedZone extends Notified {
  /** At least one. */
  readonly lists: readonly string[];
}

/** A message that says a zone has changed: all lists that are that zone and believe it, else one that is meant. */
export function notifiedOf(
  lists: readonly Held[],
  message: Uint8Array,
  from: Uint8Array,
): NotifiedZone | null {
  const told = lists.flatMap(({ config, source }) => {
    const own = source.notified?.(message, from) ?? null;
    return own === null ? [] : [{ ...own, lists: [config.name] }];
  });
  const believed = told.filter(({ refused }) => refused === null);
  const [first] = believed;
  if (first === undefined) return told[0] ?? null;
  return { ...first, lists: believed.flatMap((one) => one.lists) };
}
