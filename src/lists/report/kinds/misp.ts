// A MISP event as its API and its feeds write it: attributes that are names or URLs, the event's title, date and tags.
import { z } from 'zod';
import type { Gathering, Place } from '../gathering.ts';
import type { Findings, Taken } from '../report.ts';
import { lineOfKey, parseJson } from './json.ts';

const text = z.string().optional().catch(undefined);
/** MISP writes flags as booleans, numbers and strings. */
const flag = z.union([z.boolean(), z.number(), z.string()]).optional().catch(undefined);
const Tag = z.looseObject({ name: text });
const Attribute = z.looseObject({
  uuid: text,
  type: text,
  value: text,
  comment: text,
  first_seen: z.string().nullish().catch(undefined),
  to_ids: flag,
  deleted: flag,
});
type Attribute = z.infer<typeof Attribute>;
const attributes = z.array(z.unknown()).optional().catch(undefined);
const Event = z.looseObject({
  info: text,
  date: text,
  Attribute: attributes,
  Object: z
    .array(z.looseObject({ Attribute: attributes }))
    .optional()
    .catch(undefined),
  Tag: z.array(Tag).optional().catch(undefined),
});
type Event = z.infer<typeof Event>;

const NAME_TYPES = new Set(['domain', 'hostname', 'domain|ip', 'hostname|port', 'fqdn']);
const URL_TYPES = new Set(['url', 'uri']);
const DEPTH_MAX = 6;

/** The events in the text, or null when there is none. */
export function openMisp(source: string): Event[] | null {
  const parsed = parseJson(source);
  const events: Event[] = [];
  collect(parsed, 0, events);
  return events.length > 0 ? events : null;
}

/** `{Event}`, `{response: [{Event}]}`, `{response: {Attribute}}`, or a list of any of them. */
function collect(value: unknown, depth: number, events: Event[]): void {
  if (depth > DEPTH_MAX || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, depth + 1, events);
    return;
  }
  const event = Event.safeParse(value);
  if (event.success && (event.data.Attribute !== undefined || event.data.Object !== undefined))
    events.push(event.data);
  else {
    if ('Event' in value) collect(value.Event, depth + 1, events);
    if ('response' in value) collect(value.response, depth + 1, events);
  }
}

export function readMisp(events: readonly Event[], source: string, gathering: Gathering): Findings {
  const lines = lineOfKey(source, 'uuid');
  for (const event of events) {
    const inObjects = (event.Object ?? []).flatMap((object) => object.Attribute ?? []);
    for (const each of [...(event.Attribute ?? []), ...inObjects]) {
      const attribute = Attribute.safeParse(each);
      if (!attribute.success) continue;
      readAttribute(
        attribute.data,
        { line: lines.get(attribute.data.uuid ?? '') ?? 0, column: 1 },
        gathering,
      );
    }
  }
  const first = events[0];
  return {
    title: first?.info ?? null,
    published: /^\d{4}-\d\d-\d\d$/.exec(first?.date ?? '')?.[0] ?? null,
    campaign: campaignOf(first),
  };
}

function readAttribute(attribute: Attribute, place: Place, gathering: Gathering): void {
  const { type = '', value = '' } = attribute;
  if (value.trim() === '' || isSet(attribute.deleted)) return;
  if (!NAME_TYPES.has(type) && !URL_TYPES.has(type)) {
    if (type.startsWith('email')) gathering.leave(value, 'email', place, type);
    else if (type.startsWith('ip-'))
      gathering.leave(value.split('|')[0] ?? '', addressReason(attribute), place);
    else if (type === 'link') gathering.leave(value, 'reference', place);
    else gathering.leave(value, 'type', place, `listed as ${type}`);
    return;
  }
  const name = NAME_TYPES.has(type) ? (value.split('|')[0] ?? '') : value;
  if (attribute.to_ids !== undefined && !isSet(attribute.to_ids))
    gathering.unflagged(name, place, saidBy(attribute));
  else gathering.typed(name, place, saidBy(attribute));
}

/** An address that is not meant for detection is none for a list. */
const addressReason = (attribute: Attribute): 'address' | 'benign' =>
  attribute.to_ids !== undefined && !isSet(attribute.to_ids) ? 'benign' : 'address';

function saidBy(attribute: Attribute): Taken['said'] {
  const date = /^\d{4}-\d\d-\d\d/.exec(attribute.first_seen ?? '')?.[0];
  const comment = attribute.comment?.trim() ?? '';
  return {
    ...(date === undefined ? {} : { firstPublished: date }),
    ...(comment === '' ? {} : { note: comment.slice(0, 300) }),
  };
}

/** A galaxy tag such as `misp-galaxy:threat-actor="Lazarus Group"` names who; the event's title names what. */
function campaignOf(event: Event | undefined): string | null {
  for (const { name } of event?.Tag ?? []) {
    const found =
      /^misp-galaxy:[^=]*(campaign|actor|intrusion-set|operation|malpedia|tool)[^=]*="([^"]{1,200})"$/.exec(
        name ?? '',
      );
    const who = found?.[2] ?? '';
    if (who !== '' && !/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(who)) return who;
  }
  return null;
}

const isSet = (value: Attribute['to_ids']): boolean =>
  value === true || value === 1 || value === '1' || value === 'true';
