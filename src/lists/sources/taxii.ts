// A collection of a TAXII 2.1 server: `taxii+https://SERVER/ROOT/collections/ID/`. Pages are followed by `next`, or by the time of
// the last object where a server gives none (TAXII 2.1 §3.4, §5.4); the next poll asks for what was added after it.
//
// A `next` is asked for once: with medallion 3.0.0 each request takes its objects away, and 30 s after the first page it is forgotten. Where
// its page does not come, pages go on from the time of the last object that did.
//
// Of the objects only what a list can use is kept: indicators, and what says whose they are. A version that revokes takes the place
// of the one before, and stays as a mark without a pattern.
import { z } from 'zod';
import { ListError } from '../errors.ts';
import { WAIT_MS_MAX } from './http.ts';
import { type Entries, type Page, type Poll, type PolledOptions, polledSource } from './polled.ts';
import type { ListSource } from './source.ts';

const ACCEPT = 'application/taxii+json;version=2.1';
const OBJECTS_A_PAGE = 1000;
const TYPES = 'indicator,relationship,malware,tool,campaign,intrusion-set,threat-actor,marking-definition';
/** What is over for so long will not be asked about. */
const EXPIRED_KEPT_MS = 30 * 86_400_000;
const COLLECTIONS_SHOWN = 5;
/** What was deleted without a word is found by asking for everything again. */
const WHOLE_EVERY_MS = 7 * 86_400_000;

const Envelope = z.looseObject({
  more: z.boolean().optional(),
  next: z.union([z.string(), z.number()]).optional(),
  objects: z.array(z.unknown()).optional(),
});
const text = z.string().optional().catch(undefined);
const TaxiiObject = z.looseObject({
  type: z.string(),
  id: z.string(),
  modified: text,
  revoked: z.boolean().optional().catch(undefined),
  pattern_type: text,
  valid_until: text,
  relationship_type: text,
});
type TaxiiObject = z.infer<typeof TaxiiObject>;

export function taxiiSource(options: PolledOptions): ListSource {
  return polledSource(options, {
    format: 'stix',
    head: '"type":"bundle","id":"bundle--cenote","objects":',
    tail: '',
    entriesOf: (body) => body['objects'],
    idOf: (entry) => entry['id'],
    wholeEveryMs: WHOLE_EVERY_MS,
    poll,
  });
}

async function poll(options: PolledOptions, { since, entries, page }: Poll): Promise<string | null> {
  const base = objectsUrl(options.url);
  if (base === null) return await tellCollections(options.url, page);
  const seen = new Set<string>();
  let before = '';
  let reached = since;
  let resumedAt: string | null = null;
  let after = since;
  let next: string | null = null;
  for (;;) {
    const asked = pageUrl(base, after, next);
    const answer: Page | ListError = await page(asked, { accept: ACCEPT, isOnce: next !== null }).catch(
      (error: unknown) => {
        if (next !== null && error instanceof ListError && mayGoOn(error)) return error;
        throw error;
      },
    );
    if (answer instanceof ListError) {
      const resumed = justBefore(reached);
      if (resumed === null || reached === resumedAt) throw answer;
      resumedAt = reached;
      after = resumed;
      next = null;
      // The page before may come again, and lead on as it did.
      seen.clear();
      before = '';
      continue;
    }
    const { json, headers } = answer;
    const envelope = Envelope.safeParse(json);
    if (!envelope.success)
      throw new ListError(
        'LIST_NOT_FORMAT',
        'the answer is no envelope of TAXII 2.1; name a collection of it: taxii+https://SERVER/ROOT/collections/ID/',
      );
    const { more = false, objects = [] } = envelope.data;
    for (const object of objects) keep(object, entries, options.now());
    // The envelope of an empty page has no dates.
    const added = headers['x-taxii-date-added-last'];
    const upTo: string | null = typeof added === 'string' && added !== '' ? added : null;
    reached = later(reached, upTo);
    if (!more) return reached;
    next = envelope.data.next === undefined ? null : String(envelope.data.next);
    const mark = next ?? upTo;
    // Some servers give one `next` for all pages of an answer: what is on the page tells whether it goes on.
    const shown = next === null || objects.length === 0 ? '' : contentOf(objects);
    const isNew = shown !== '' && shown !== before;
    before = shown;
    if (mark === null || (seen.has(mark) && !isNew))
      throw new ListError(
        'LIST_NOT_FORMAT',
        'it says that there is more and not where; tell its operator (TAXII 2.1 §3.4)',
      );
    seen.add(mark);
    // With `next` the filters stay what they were (§3.4).
    if (next === null) after = reached;
  }
}

/** Whoever may not read a collection, or not now, may not read it from another place either. */
const mayGoOn = ({ status, retryAfterMs }: ListError): boolean =>
  status !== 401 && status !== 403 && retryAfterMs <= WAIT_MS_MAX;

/** Objects that were added at the same moment may stand on two pages. @returns null for what is no time */
function justBefore(time: string | null): string | null {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? null : new Date(ms - 1).toISOString();
}

/** Which versions of which objects a page holds. */
const contentOf = (objects: readonly unknown[]): string =>
  objects
    .map((object) => {
      const { id, modified } = (object ?? {}) as Record<string, unknown>;
      return `${String(id)} ${String(modified)}`;
    })
    .join();

const later = (a: string | null, b: string | null): string | null =>
  b === null || (a !== null && Date.parse(a) > Date.parse(b)) ? a : b;

/** @returns null for an address that names no collection */
function objectsUrl(address: string): URL | null {
  const url = new URL(address);
  const path = /^(.*\/collections\/[^/]+)(\/objects)?\/?$/.exec(url.pathname)?.[1];
  if (path === undefined) return null;
  url.pathname = `${path}/objects/`;
  return url;
}

function pageUrl(base: URL, since: string | null, next: string | null): string {
  const url = new URL(base);
  const { searchParams } = url;
  if (!searchParams.has('limit')) searchParams.set('limit', String(OBJECTS_A_PAGE));
  if (!searchParams.has('match[type]')) searchParams.set('match[type]', TYPES);
  if (since !== null) searchParams.set('added_after', since);
  if (next !== null) searchParams.set('next', next);
  return url.href;
}

const Collections = z.looseObject({
  collections: z.array(z.looseObject({ id: z.string(), title: text })).optional(),
});

/** @throws ListError that names those there are, as far as the server says */
async function tellCollections(address: string, page: Poll['page']): Promise<never> {
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/(collections\/?)?$/, '')}/collections/`;
  const told = await page(url.href, { accept: ACCEPT }).catch(() => null);
  const known = Collections.safeParse(told?.json);
  const shown = (known.data?.collections ?? [])
    .slice(0, COLLECTIONS_SHOWN)
    .map(
      ({ id, title }) =>
        `taxii+${url.origin}${url.pathname}${id}/${title === undefined ? '' : ` (${title})`}`,
    );
  throw new ListError(
    'LIST_NOT_FORMAT',
    `its address names no collection; write ${shown.length > 0 ? `one of ${shown.join(', ')}` : 'taxii+https://SERVER/ROOT/collections/ID/'}`,
  );
}

/** The newest version of an object, as far as a list can use it. */
function keep(written: unknown, entries: Entries, now: number): void {
  const parsed = TaxiiObject.safeParse(written);
  if (!parsed.success) return;
  const object = parsed.data;
  const known = entries.get(object.id);
  if (known !== undefined && isOlder(object, JSON.parse(known))) return;
  if (isOfUse(object, now)) entries.set(object.id, JSON.stringify(ofUse(object)));
  else if (known !== undefined) entries.set(object.id, null);
}

function isOlder({ modified }: TaxiiObject, known: { modified?: string }): boolean {
  return Date.parse(modified ?? '') < Date.parse(known.modified ?? '');
}

function isOfUse(object: TaxiiObject, now: number): boolean {
  const { type, revoked, pattern_type, valid_until, relationship_type } = object;
  if (type === 'relationship') return relationship_type === 'indicates' && revoked !== true;
  if (type !== 'indicator') return TYPES.includes(type);
  if (pattern_type !== undefined && pattern_type !== 'stix') return false;
  return revoked === true || !(Date.parse(valid_until ?? '') + EXPIRED_KEPT_MS < now);
}

const KEPT: readonly string[] = (
  'type spec_version id created modified revoked name pattern pattern_type valid_from valid_until confidence labels ' +
  'indicator_types object_marking_refs relationship_type source_ref target_ref definition_type definition'
).split(' ');

function ofUse(object: TaxiiObject): Record<string, unknown> {
  const isRevoked = object.revoked === true;
  return Object.fromEntries(
    KEPT.filter((key) => object[key] !== undefined && (!isRevoked || key !== 'pattern')).map((key) => [
      key,
      object[key],
    ]),
  );
}
