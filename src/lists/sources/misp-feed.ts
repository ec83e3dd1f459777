// A MISP feed: a manifest that names events, and beside it a file for each. What changed is fetched; one body holds them all.
//
// The body is a list of events as MISP writes them, of which only what a list can use is kept, an attribute a line. It is
// also what the next fetch compares with: an event is fetched again when the manifest gives another timestamp for it.
import { createWriteStream } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { shownUrl } from '../../config/values/shown-url.ts';
import { parseJson } from '../../report/kinds/json.ts';
import { attributesOf, type Event, isOfUse, openMisp } from '../../report/kinds/misp.ts';
import { ListError } from '../errors.ts';
import { DOCUMENT_OCTETS_MAX } from '../formats/document.ts';
import { type HttpOptions, httpSource } from './http.ts';
import type { Fetched, ListSource, Validators } from './source.ts';

/** Events of one feed; the large public ones have some two thousand. */
const EVENTS_MAX = 10_000;
/** Of the manifest and of one event, as they come; attachments are in them. */
const FILE_OCTETS_MAX = 67_108_864;
/** Of the brackets and commas of one file: what a few kilobytes unpack to must not become more objects than memory holds. */
const TOKENS_MAX = 1_000_000;
const AT_ONCE = 4;
/** Statuses that say: there is no such event. Anything else may be a door that is shut for a while. */
const GONE: ReadonlySet<number> = new Set([404, 410]);
/** For the whole feed: other lists wait meanwhile. */
const FEED_MS_MAX = 300_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const Manifest = z.record(z.string(), z.looseObject({ timestamp: z.union([z.string(), z.number()]) }));
const Held = z.array(z.looseObject({ manifest: z.string(), Event: z.looseObject({ uuid: z.string() }) }));

export interface FeedOptions extends HttpOptions {
  /** The body in force, when there is one. */
  readonly goodPath: string;
  readonly eventsMax?: number;
}

/** An event as the body holds it. */
interface HeldEvent {
  readonly timestamp: string;
  readonly text: string;
}

export function mispFeedSource(options: FeedOptions): ListSource {
  return {
    kind: 'http',
    fetch: async (previous, signal) => {
      const whole = new AbortController();
      const either = AbortSignal.any([signal, whole.signal, AbortSignal.timeout(FEED_MS_MAX)]);
      try {
        return await fetchFeed(options, previous, either);
      } finally {
        whole.abort(); // what is still under way after a failure
      }
    },
  };
}

async function fetchFeed(
  options: FeedOptions,
  previous: Validators | null,
  signal: AbortSignal,
): Promise<Fetched> {
  const manifest = await fetchFile(options, options.url, `${options.path}.manifest`, previous, signal);
  if (manifest === null) return { kind: 'unchanged' };
  const timestamps = readManifest(manifest.text, options);
  const held = await readHeld(options.goodPath);
  const changed = [...timestamps].filter(([uuid, timestamp]) => held.get(uuid)?.timestamp !== timestamp);
  if (previous !== null && changed.length === 0 && held.size === timestamps.size)
    return { kind: 'unchanged' };
  const events = new Map([...held].filter(([uuid]) => timestamps.has(uuid)));
  await fetchEvents(options, changed, events, signal);
  await writeBody(options.path, events);
  return { kind: 'body', body: { kind: 'file', path: options.path }, validators: manifest.validators };
}

/** Puts each into `events`. */
async function fetchEvents(
  options: FeedOptions,
  changed: readonly (readonly [uuid: string, timestamp: string])[],
  events: Map<string, HeldEvent>,
  signal: AbortSignal,
): Promise<void> {
  let octets = [...events.values()].reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const waiting = changed.values();
  const fetchOn = async (place: number): Promise<void> => {
    for (const [uuid, timestamp] of waiting) {
      const event = await fetchEvent(options, uuid, `${options.path}.${place}`, signal);
      const text = eventText(event, uuid, timestamp);
      octets += Buffer.byteLength(text);
      if (octets > DOCUMENT_OCTETS_MAX)
        throw new ListError(
          'LIST_TOO_BIG',
          `the names and addresses of its events are more than ${DOCUMENT_OCTETS_MAX} octets; use a feed of fewer events`,
        );
      events.set(uuid, { timestamp, text });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, place) => fetchOn(place)));
}

/** Null for one that the feed names and has not: the others are no worse for it. */
async function fetchEvent(
  options: FeedOptions,
  uuid: string,
  path: string,
  signal: AbortSignal,
): Promise<Event | null> {
  const url = new URL(`${uuid}.json`, options.url);
  url.search = new URL(options.url).search;
  try {
    const file = await fetchFile(options, url.href, path, null, signal);
    const [event] = openMisp(parseJson(file?.text ?? '')) ?? [];
    if (event !== undefined || isEmptyEvent(file?.text ?? '')) return event ?? null;
  } catch (error) {
    if (error instanceof ListError && GONE.has(error.status)) return null;
    throw error;
  }
  throw new ListError(
    'LIST_NOT_FORMAT',
    `${uuid}.json, which the manifest names, is no MISP event; open it in a browser`,
  );
}

function isEmptyEvent(text: string): boolean {
  const parsed = parseJson(text);
  return typeof parsed === 'object' && parsed !== null && 'Event' in parsed;
}

/** One file of the feed by the rules of any list; null when it is what it was. */
async function fetchFile(
  options: FeedOptions,
  url: string,
  path: string,
  previous: Validators | null,
  signal: AbortSignal,
): Promise<{ text: string; validators: Validators } | null> {
  const limits = { bodyOctetsMax: FILE_OCTETS_MAX, ...options.limits };
  const fetched = await httpSource({ ...options, url, path, limits }).fetch(previous, signal);
  if (fetched.kind === 'unchanged') return null;
  try {
    const octets = await readFile(path);
    if (tokensOf(octets) > TOKENS_MAX)
      throw new ListError(
        'LIST_TOO_BIG',
        `more than ${TOKENS_MAX} values in one file (${shownUrl(url)}); use a feed of smaller events`,
      );
    return { text: octets.toString('utf8'), validators: fetched.validators };
  } finally {
    await unlink(path).catch(() => undefined);
  }
}

/** Brackets and commas, those in strings too: at least as many as the values that JSON.parse makes of it. */
function tokensOf(octets: Uint8Array): number {
  let count = 0;
  for (const octet of octets) if (octet === 0x2c || octet === 0x5b || octet === 0x7b) count += 1;
  return count;
}

/** Timestamps by UUID. @throws ListError */
function readManifest(text: string, { eventsMax = EVENTS_MAX }: FeedOptions): Map<string, string> {
  const manifest = Manifest.safeParse(parseJson(text.replace(/^\ufeff/, '')));
  if (!manifest.success)
    throw new ListError('LIST_NOT_FORMAT', 'it is no manifest of a MISP feed; open it in a browser');
  const timestamps = new Map(
    Object.entries(manifest.data).map(([uuid, { timestamp }]) => [uuid, String(timestamp)]),
  );
  const odd = [...timestamps.keys()].find((uuid) => !UUID.test(uuid));
  if (odd !== undefined)
    throw new ListError(
      'LIST_NOT_FORMAT',
      `the manifest names an event by ${JSON.stringify(odd.slice(0, 80))}, which is no UUID; check what the source serves`,
    );
  if (timestamps.size === 0)
    throw new ListError('LIST_EMPTY', 'the manifest names no event; check what the source serves');
  if (timestamps.size > eventsMax)
    throw new ListError(
      'LIST_TOO_BIG',
      `the manifest names ${timestamps.size} events, at most ${eventsMax} are fetched; use a feed of fewer events`,
    );
  return timestamps;
}

/** What the last fetch left; nothing when that cannot be read. */
async function readHeld(path: string): Promise<Map<string, HeldEvent>> {
  const held = Held.safeParse(parseJson(await readFile(path, 'utf8').catch(() => '')));
  if (!held.success) return new Map();
  return new Map(
    held.data.map(({ manifest, Event }) => [
      Event.uuid,
      { timestamp: manifest, text: eventText(Event, Event.uuid, manifest) },
    ]),
  );
}

function eventText(event: Event | null, uuid: string, timestamp: string): string {
  const { info, date, Tag } = event ?? {};
  const attributes = event === null ? [] : attributesOf(event).filter(isOfUse);
  const lines = attributes.map(
    ({ uuid, type, value, comment, first_seen, to_ids, deleted, object, object_relation }) =>
      JSON.stringify({
        uuid,
        type,
        value,
        comment: comment || undefined,
        first_seen,
        to_ids,
        deleted,
        object,
        object_relation,
      }),
  );
  const head = JSON.stringify({ uuid, info, date, Tag: Tag?.map(({ name }) => ({ name })) });
  const body = lines.length === 0 ? '' : `\n${lines.join(',\n')}\n`;
  return `{"manifest":${JSON.stringify(timestamp)},"Event":${head.slice(0, -1)},"Attribute":[${body}]}}`;
}

async function writeBody(path: string, events: ReadonlyMap<string, HeldEvent>): Promise<void> {
  const texts = [...events].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { text }]) => text);
  const file = createWriteStream(path, { mode: 0o600, flush: true });
  await pipeline(
    texts.map((text, i) => `${i === 0 ? '[\n' : ',\n'}${text}${i === texts.length - 1 ? '\n]\n' : ''}`),
    file,
  );
}
