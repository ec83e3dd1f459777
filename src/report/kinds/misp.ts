// A MISP event as its API and its feeds write it: attributes that are names or URLs, the event's title, date and tags.
import { z } from 'zod';
import type { Gathering } from '../gathering.ts';
import { isBenignRemark, REMARK_MAX } from '../layout/remarks.ts';
import type { Place } from '../place.ts';
import type { Findings, Taken } from '../report.ts';
import { lineOfKey } from './json.ts';
import { dateOf, tlpOf } from './said.ts';

const text = z.string().optional().catch(undefined);
const flag = z.union([z.boolean(), z.number(), z.string()]).optional().catch(undefined);
const Tag = z.looseObject({ name: text });
const tags = z.array(Tag).optional().catch(undefined);
const list = z.array(z.unknown()).optional().catch(undefined);
const Attribute = z.looseObject({
  uuid: text,
  type: text,
  value: text,
  comment: text,
  first_seen: z.string().nullish().catch(undefined),
  to_ids: flag,
  deleted: flag,
  /** What it is in its object; and the template of that object, which `attributesOf` adds. */
  object_relation: text,
  object: text,
  Tag: tags,
  /** Scores of decaying models; `restSearch` gives them on request. */
  decay_score: list,
  /** Of MISP's warning lists: everybody uses it. */
  warnings: list,
  Event: z.looseObject({ info: text }).optional().catch(undefined),
});
export type Attribute = z.infer<typeof Attribute>;
const attributes = z.array(z.unknown()).optional().catch(undefined);
const Event = z.looseObject({
  uuid: text,
  info: text,
  date: text,
  Attribute: attributes,
  Object: z
    .array(z.looseObject({ name: text, Attribute: attributes, deleted: flag }))
    .optional()
    .catch(undefined),
  Tag: tags,
});
export type Event = z.infer<typeof Event>;

const NAME_TYPES = new Set(['domain', 'hostname', 'domain|ip', 'hostname|port', 'fqdn']);
const URL_TYPES = new Set(['url', 'uri']);
/** Relations of MISP's objects whose names serve others than the one that is meant. */
const SERVING = new Set(['ns-record', 'mx-record', 'soa-record', 'nameserver', 'registrar']);
/** The relation of the machine that asked, in objects of connections. */
const ASKING = 'hostname-src';
const MAIL_ADDRESSES = /^email(-src|-dst|-reply-to)?$/;
const DEPTH_MAX = 6;

/** The events in a parsed JSON value, or null when there is none. */
export function openMisp(parsed: unknown): Event[] | null {
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

/** Of several events each entry says which one it is from: no title, date or campaign is all of theirs. */
export function readMisp(events: readonly Event[], source: string, gathering: Gathering): Findings {
  const lines = lineOfKey(source, 'uuid');
  const several = events.length > 1;
  for (const event of events) {
    const said = several ? saidByEvent(event) : {};
    for (const attribute of attributesOf(event)) {
      const place = { line: lines.get(attribute.uuid ?? '') ?? 0, column: 1 };
      readAttribute(attribute, said, place, gathering);
    }
  }
  const [first] = events;
  if (first === undefined || several) return {};
  return {
    title: first.info ?? null,
    published: eventDate(first),
    campaign: campaignOf(first.Tag),
    tlp: tlpIn(first.Tag),
  };
}

/** Those of the event itself and of its objects. */
export function attributesOf(event: Event): Attribute[] {
  const inObjects = (event.Object ?? []).flatMap((object) =>
    parsed(object.Attribute).map((attribute) => ({
      ...attribute,
      object: object.name,
      deleted: isSet(object.deleted) || attribute.deleted,
    })),
  );
  return [...parsed(event.Attribute), ...inObjects];
}

const parsed = (written: readonly unknown[] = []): Attribute[] =>
  written.flatMap((each) => {
    const attribute = Attribute.safeParse(each);
    return attribute.success ? [attribute.data] : [];
  });

/** Whether a value of this type can be a name or an address of a list. */
export function isOfUse({ type = '' }: Attribute): boolean {
  return NAME_TYPES.has(type) || URL_TYPES.has(type) || type.startsWith('ip-');
}

/** A null is said too: nothing of another event is this one's. */
function saidByEvent(event: Event): Taken['said'] {
  const source = event.info?.slice(0, 300) ?? null;
  return { source, campaign: campaignOf(event.Tag), firstPublished: eventDate(event), tlp: tlpIn(event.Tag) };
}

const eventDate = ({ date }: Event): string | null => dateOf(date);

export function readAttribute(
  attribute: Attribute,
  saidByAll: Taken['said'],
  place: Place,
  gathering: Gathering,
): void {
  const { type = '', value = '' } = attribute;
  if (value.trim() === '') return;
  if (!NAME_TYPES.has(type) && !URL_TYPES.has(type)) {
    if (isSet(attribute.deleted)) return;
    if (MAIL_ADDRESSES.test(type)) gathering.leave(value, 'email', place, type);
    else if (type.startsWith('ip-')) {
      const address = value.split('|')[0] ?? '';
      if (isUnflagged(attribute)) gathering.unflaggedAddress(address, place);
      else gathering.leave(address, 'address', place);
    } else if (type === 'link') gathering.leave(value, 'reference', place);
    else gathering.leave(value, 'type', place, `listed as ${type}`);
    return;
  }
  const name = NAME_TYPES.has(type) ? (value.split('|')[0] ?? '') : value;
  const said = { ...saidByAll, ...saidBy(attribute) };
  if (isSet(attribute.deleted)) gathering.leave(name, 'revoked', place);
  else if (hasDecayed(attribute)) gathering.leave(name, 'revoked', place, 'its score has decayed');
  else if ((attribute.warnings?.length ?? 0) > 0)
    gathering.leave(name, 'shared-host', place, "it is on one of MISP's warning lists");
  else if (attribute.object === 'victim' || attribute.object_relation === ASKING)
    gathering.leave(name, 'victim', place);
  else if (isBenignRemark(attribute.comment?.slice(0, REMARK_MAX) ?? ''))
    gathering.leave(name, 'benign', place);
  else if (SERVING.has(attribute.object_relation ?? '')) gathering.leave(name, 'beside', place);
  else if (isUnflagged(attribute)) gathering.unflagged(name, place, said);
  else gathering.typed(name, place, said);
}

const isUnflagged = ({ to_ids: flag }: Attribute): boolean => flag !== undefined && !isSet(flag);

/** Every model that scores it says so. */
function hasDecayed({ decay_score: scores }: Attribute): boolean {
  const isDecayed = (score: unknown): boolean =>
    typeof score === 'object' && score !== null && 'decayed' in score && score.decayed === true;
  return scores !== undefined && scores.length > 0 && scores.every(isDecayed);
}

function saidBy(attribute: Attribute): Taken['said'] {
  const date = /^\d{4}-\d\d-\d\d/.exec(attribute.first_seen ?? '')?.[0];
  const comment = attribute.comment?.trim() ?? '';
  return {
    ...(date === undefined ? {} : { firstPublished: date }),
    ...(comment === '' ? {} : { note: comment.slice(0, 300) }),
    ...filled({
      tlp: tlpIn(attribute.Tag),
      campaign: campaignOf(attribute.Tag),
      source: attribute.Event?.info?.slice(0, 300) ?? null,
    }),
  };
}

/** A galaxy tag such as `misp-galaxy:threat-actor="Lazarus Group"` names who; the event's title names what. */
function campaignOf(tagged: Event['Tag']): string | null {
  for (const { name } of tagged ?? []) {
    const found =
      /^misp-galaxy:[^=]{0,100}(campaign|actor|intrusion-set|operation|malpedia|tool)[^=]{0,100}="([^"]{1,200})"$/.exec(
        name ?? '',
      );
    const who = found?.[2] ?? '';
    if (who !== '' && !/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(who)) return who;
  }
  return null;
}

/** MISP writes flags as booleans, numbers and strings. */
export const isSet = (value: Attribute['to_ids']): boolean =>
  value === true || value === 1 || value === '1' || value === 'true';

function tlpIn(tagged: Event['Tag']): string | null {
  for (const { name } of tagged ?? []) {
    const found = /^tlp:/i.test(name ?? '') ? tlpOf(name) : null;
    if (found !== null) return found;
  }
  return null;
}

const filled = (said: Taken['said']): Taken['said'] =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null));
