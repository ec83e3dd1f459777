// A MISP server's own search: `misp+https://SERVER/`, with filters of `restSearch` as parameters (`?tags=tlp:green&org=…`). Pages of
// attributes are asked for; the next poll asks for those changed since, deleted ones included.
import { z } from 'zod';
import { isOfUse, isSet } from '../../report/kinds/misp.ts';
import { ListError } from '../errors.ts';
import { type Entries, type Poll, type PolledOptions, polledSource } from './polled.ts';
import type { ListSource } from './source.ts';

const ATTRIBUTES_A_PAGE = 5000;
/** Scores decay without a change of the attribute. */
const WHOLE_EVERY_MS = 86_400_000;
const NAMES_AND_ADDRESSES = [
  'domain',
  'hostname',
  'domain|ip',
  'hostname|port',
  'url',
  'uri',
  'ip-dst',
  'ip-src',
];

const flag = z.union([z.boolean(), z.number(), z.string()]).optional();
const text = z.string().optional().catch(undefined);
const Attribute = z.looseObject({
  uuid: z.string(),
  type: z.string(),
  value: z.string(),
  timestamp: z.union([z.string(), z.number()]).optional(),
  to_ids: flag,
  deleted: flag,
  Tag: z
    .array(z.looseObject({ name: text }))
    .optional()
    .catch(undefined),
  Event: z.looseObject({ info: text }).optional().catch(undefined),
});
type Attribute = z.infer<typeof Attribute>;
const Answer = z.looseObject({
  response: z.union([
    z.looseObject({ Attribute: z.array(z.unknown()).optional() }),
    z.array(z.unknown()).max(0),
  ]),
});

export function mispSearchSource(options: PolledOptions): ListSource {
  return polledSource(options, {
    format: 'misp',
    head: '"response":{"Attribute":',
    tail: '}',
    entriesOf: ({ response }) =>
      typeof response === 'object' && response !== null && 'Attribute' in response
        ? response.Attribute
        : null,
    idOf: (entry) => entry['uuid'],
    wholeEveryMs: WHOLE_EVERY_MS,
    poll,
  });
}

async function poll(options: PolledOptions, { since, entries, page }: Poll): Promise<string | null> {
  const { url, filters } = searchOf(options.url);
  const seen = new Set<string>();
  let last = Number(since ?? 0);
  for (let number = 1; ; number += 1) {
    const post = JSON.stringify({
      ...{ type: NAMES_AND_ADDRESSES, published: 1, ...filters },
      ...{ returnFormat: 'json', deleted: [0, 1], includeEventTags: true },
      ...{ includeWarninglistHits: true, includeDecayScore: true },
      ...{ limit: ATTRIBUTES_A_PAGE, page: number, ...(since === null ? {} : { timestamp: since }) },
    });
    const { json } = await page(url, { accept: 'application/json', post });
    const answer = Answer.safeParse(json);
    if (!answer.success)
      throw new ListError(
        'LIST_NOT_FORMAT',
        'the answer is none of MISP’s restSearch; name the server itself: misp+https://SERVER/',
      );
    const { response } = answer.data;
    const written = Array.isArray(response) ? [] : (response.Attribute ?? []);
    const before = seen.size;
    for (const each of written) {
      const attribute = Attribute.safeParse(each);
      if (!attribute.success) continue;
      seen.add(attribute.data.uuid);
      last = Math.max(last, Number(attribute.data.timestamp ?? 0) || 0);
      keep(attribute.data, entries);
    }
    // A page that tells nothing new is the last, or the server knows no pages.
    if (written.length < ATTRIBUTES_A_PAGE || seen.size === before) break;
  }
  return last === 0 ? null : String(last);
}

/** Where to search, and for what: parameters of the address are filters. */
function searchOf(address: string): { url: string; filters: Record<string, string | string[]> } {
  const url = new URL(address);
  const filters: Record<string, string | string[]> = {};
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name);
    filters[name.replace(/\[\]$/, '')] = values.length > 1 || name.endsWith('[]') ? values : values[0]!;
  }
  url.search = '';
  if (!/\/restSearch\/?$/i.test(url.pathname))
    url.pathname = `${url.pathname.replace(/\/$/, '')}/attributes/restSearch`;
  return { url: url.href, filters };
}

function keep(attribute: Attribute, entries: Entries): void {
  const { uuid, type, value, to_ids, deleted, Tag, Event } = attribute;
  const isGone = isSet(deleted) || (to_ids !== undefined && !isSet(to_ids)) || !isOfUse({ type });
  if (isGone) {
    entries.set(uuid, null);
    return;
  }
  const kept = {
    ...{ uuid, type, value, to_ids },
    comment: attribute['comment'] || undefined,
    first_seen: attribute['first_seen'] ?? undefined,
    object_relation: attribute['object_relation'] ?? undefined,
    decay_score: attribute['decay_score'],
    warnings: attribute['warnings'],
    Tag: Tag?.map(({ name }) => ({ name })),
    Event: Event === undefined ? undefined : { info: Event.info },
  };
  entries.set(uuid, JSON.stringify(kept));
}
