// What a site sends home in one message: hits in the order of its store, and what else happened there, each after what went before.
//
// A batch says which number it follows (`after`), so that nobody takes it where something before it is missing. All of it comes
// from another machine: `readBatch` bounds and checks every value.
import type { NoteKind } from '../../hits/store/notes-table.ts';
import { packed, unpacked } from './packed.ts';

/** Hits as columns, by place; `client` and `kind` are places in `clients` and `kinds`, JSON as hits/store/hit-row.ts writes it. */
export interface HitsPart {
  /** Number of the last hit before these. */
  readonly after: number;
  /** Number of the last of these; equal to `after` when there are none. */
  readonly through: number;
  readonly clients: readonly string[];
  readonly kinds: readonly string[];
  readonly id: readonly string[];
  readonly timeMs: readonly number[];
  readonly count: readonly number[];
  readonly client: readonly number[];
  readonly kind: readonly number[];
  readonly name: readonly string[];
  readonly rule: readonly (string | number)[];
  readonly via: readonly (string | null)[];
  readonly matches: readonly (string | number | null)[];
  readonly visit: readonly (string | null)[];
}

const NOTE_KINDS: readonly NoteKind[] = ['incident', 'find', 'trouble'];

/** What is not a hit. */
export interface Note {
  readonly number: number;
  readonly kind: NoteKind;
  readonly id: string;
  /** JSON. */
  readonly body: string;
}

export interface NotesPart {
  readonly after: number;
  readonly through: number;
  readonly rows: readonly Note[];
}

export interface Batch {
  /** Of the site's store: numbers of another epoch are other hits. */
  readonly epoch: string;
  /** When it was made, by the site's clock. */
  readonly atMs: number;
  /** Hits up to `hits.after` that the site has no more, beyond what is in the store already: kept too short a time. */
  readonly removedThrough: number;
  readonly hits: HitsPart;
  readonly notes: NotesPart;
  /** Whether nothing that the site has is behind it. */
  readonly isAll: boolean;
}

/** Of a site that catches up; what just came is fewer. */
export const HITS_A_BATCH = 4_000;
export const NOTES_A_BATCH = 100;
/** A name is at most 1,003 octets of presentation form (RFC 1035 §5.1: 255 octets, each at most `\DDD`). */
const NAME_LENGTH_MAX = 1024;
const BODY_LENGTH_MAX = 512 * 1024;
const UNPACKED_MAX = 16 * 1024 * 1024;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const EPOCH = /^[0-9a-f]{32}$/;

export const writeBatch = (batch: Batch): Uint8Array => packed(batch);

/** @throws Error that says what is wrong with it */
export function readBatch(octets: Uint8Array): Batch {
  const batch = unpacked(octets, UNPACKED_MAX) as Batch;
  const wrong = wrongWith(batch);
  if (wrong !== null) throw new Error(`a batch of hits that is none: ${wrong}`);
  return batch;
}

function wrongWith(batch: Batch): string | null {
  if (typeof batch !== 'object' || batch === null) return 'no object';
  const { epoch, atMs, removedThrough, hits, notes, isAll } = batch;
  if (typeof epoch !== 'string' || !EPOCH.test(epoch)) return 'epoch';
  if (!isMoment(atMs)) return 'atMs';
  if (!isCount(removedThrough)) return 'removedThrough';
  if (typeof isAll !== 'boolean') return 'isAll';
  return wrongWithHits(hits) ?? wrongWithNotes(notes);
}

function wrongWithHits(hits: HitsPart): string | null {
  if (typeof hits !== 'object' || hits === null) return 'hits';
  const { after, through, clients, kinds, id } = hits;
  if (!isCount(after) || !isCount(through)) return 'hits.after, hits.through';
  if (!areTexts(clients) || !areTexts(kinds)) return 'hits.clients, hits.kinds';
  if (!clients.every(isObject) || !kinds.every(isObject)) return 'hits.clients, hits.kinds are no JSON';
  const size = Array.isArray(id) ? id.length : -1;
  if (size < 0 || size > HITS_A_BATCH || through - after !== size) return 'hits.through is not after + hits';
  const columns: [string, unknown, (value: unknown) => boolean][] = [
    ['id', id, isUlid],
    ['timeMs', hits.timeMs, isMoment],
    ['count', hits.count, (value) => isCount(value) && Number(value) < 2 ** 31],
    ['client', hits.client, (value) => isCount(value) && Number(value) < clients.length],
    ['kind', hits.kind, (value) => isCount(value) && Number(value) < kinds.length],
    ['name', hits.name, isName],
    ['rule', hits.rule, (value) => isName(value) || (isCount(value) && Number(value) <= NAME_LENGTH_MAX)],
    ['via', hits.via, (value) => value === null || isName(value)],
    ['matches', hits.matches, (value) => value === null || value === 0 || (isText(value) && isList(value))],
    ['visit', hits.visit, (value) => value === null || isUlid(value)],
  ];
  for (const [name, column, isRight] of columns)
    if (!Array.isArray(column) || column.length !== size || !column.every(isRight)) return `hits.${name}`;
  return null;
}

function wrongWithNotes(notes: NotesPart): string | null {
  if (typeof notes !== 'object' || notes === null) return 'notes';
  const { after, through, rows } = notes;
  if (!isCount(after) || !isCount(through) || !Array.isArray(rows)) return 'notes';
  if (rows.length > NOTES_A_BATCH) return 'notes.rows are too many';
  let last = after;
  for (const { number, kind, id, body } of rows) {
    if (!isCount(number) || number <= last || !NOTE_KINDS.includes(kind)) return 'notes.rows';
    if (!isText(id) || id.length > NAME_LENGTH_MAX || !isText(body) || !isObject(body)) return 'notes.rows';
    last = number;
  }
  return through >= last ? null : 'notes.through';
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
/** Until the year 9999. */
const isMoment = (value: unknown): boolean => isCount(value) && value < 253_402_300_800_000;
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= BODY_LENGTH_MAX && !value.includes('\0');
const isName = (value: unknown): boolean => isText(value) && value.length <= NAME_LENGTH_MAX;
const isUlid = (value: unknown): boolean => typeof value === 'string' && ULID.test(value);
const areTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= HITS_A_BATCH && value.every(isText);

const isList = (text: string): boolean => Array.isArray(valueIn(text));

function isObject(text: string): boolean {
  const value = valueIn(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What JSON says; undefined: it is none. */
function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
