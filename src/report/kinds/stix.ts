// STIX 2.0 or 2.1: names in indicator patterns, and what the objects around an indicator say of it. A bundle, an array, JSON
// Lines, or the envelope of a TAXII server.
//
// Decided: of the versions of an object the newest `modified` counts. A domain-name or url object by itself, or one that was
// observed, is no verdict: it may be a victim's or the report's own.
import { z } from 'zod';
import type { Gathering } from '../gathering.ts';
import { isBenignRemark, REMARK_MAX } from '../layout/remarks.ts';
import type { Place } from '../place.ts';
import { type Findings, type Taken, withoutNulls } from '../report.ts';
import { lineOfKey } from './json.ts';
import { confidenceOf, dateOf, tlpOf } from './said.ts';
import { readPattern, ruleOf } from './stix-pattern.ts';

const text = z.string().optional().catch(undefined);
const texts = z.array(z.string()).optional().catch(undefined);
const StixObject = z.looseObject({
  type: z.string(),
  id: text,
  name: text,
  description: text,
  pattern: text,
  pattern_type: text,
  value: text,
  modified: text,
  valid_from: text,
  valid_until: text,
  created: text,
  published: text,
  confidence: z.number().optional().catch(undefined),
  revoked: z.boolean().optional().catch(undefined),
  labels: texts,
  indicator_types: texts,
  object_marking_refs: texts,
  definition_type: text,
  definition: z.record(z.string(), z.unknown()).optional().catch(undefined),
  relationship_type: text,
  source_ref: text,
  target_ref: text,
  /** STIX 2.0 observed data: objects by number. */
  objects: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
type StixObject = z.infer<typeof StixObject>;

/** What STIX calls its objects; another JSON of objects with a `type` is none. */
const TYPES =
  /^(indicator|observed-data|domain-name|url|ipv[46]-addr|file|malware|threat-actor|intrusion-set|campaign|report|relationship|identity|marking-definition|attack-pattern|tool|vulnerability|sighting|infrastructure|note|grouping|extension-definition|x-[a-z0-9-]+)$/;

export interface StixSource {
  readonly objects: readonly StixObject[];
  /** A TAXII server says that there is more than this page. */
  readonly isCut: boolean;
}

/** The objects in a parsed JSON value, the newest version of each; null when there is none. */
export function openStix(parsed: unknown): StixSource | null {
  const found: StixObject[] = [];
  for (const each of candidatesIn(parsed)) {
    const object = StixObject.safeParse(each);
    if (object.success && TYPES.test(object.data.type)) found.push(object.data);
  }
  const isBundle = isRecord(parsed) && parsed['type'] === 'bundle' && Array.isArray(parsed['objects']);
  if (
    !(isBundle && found.length === 0) &&
    !found.some(({ id, pattern }) => id?.includes('--') === true || pattern !== undefined)
  )
    return null;
  const isCut = isRecord(parsed) && parsed['more'] === true;
  return { objects: newestOf(found), isCut };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The objects of a bundle or an envelope, of a list of them, or the value itself. */
function candidatesIn(parsed: unknown): unknown[] {
  if (Array.isArray(parsed))
    return parsed.flatMap((each) =>
      isRecord(each) && Array.isArray(each['objects']) ? each['objects'] : [each],
    );
  if (!isRecord(parsed)) return [];
  return Array.isArray(parsed['objects']) ? parsed['objects'] : [parsed];
}

/** Of several versions of an id the one modified last, where the first of them stood. */
function newestOf(objects: readonly StixObject[]): StixObject[] {
  const byId = new Map<string, StixObject>();
  for (const [index, object] of objects.entries()) {
    const id = object.id ?? `#${index}`;
    const known = byId.get(id);
    if (known === undefined || (object.modified ?? '') >= (known.modified ?? '')) byId.set(id, object);
  }
  return [...byId.values()];
}

export function readStix({ objects }: StixSource, source: string, gathering: Gathering): Findings {
  const lines = lineOfKey(source, 'id');
  const around = new Surroundings(objects);
  for (const object of objects) {
    const key =
      object.type === 'indicator' ? 'pattern' : object.type === 'observed-data' ? 'objects' : 'value';
    const place = {
      line: lines.get(object.id ?? '') ?? 0,
      column: 1,
      ...(object.id !== undefined && { path: `${object.id} > ${key}` }),
    };
    if (object.type === 'indicator') readIndicator(object, place, around, gathering);
    else if (object.type === 'domain-name' || object.type === 'url') readObservable(object, place, gathering);
    else if (object.type === 'observed-data') readObserved(object, place, gathering);
  }
  return findingsOf(objects, around);
}

function readIndicator(object: StixObject, place: Place, around: Surroundings, gathering: Gathering): void {
  const pattern = object.pattern ?? '';
  if (object.pattern_type !== undefined && object.pattern_type !== 'stix') {
    gathering.leave(object.name ?? pattern, 'type', place, `a ${object.pattern_type} pattern`);
    return;
  }
  const kinds = [...(object.indicator_types ?? []), ...(object.labels ?? [])];
  const isBenign =
    kinds.some((kind) => /^(benign|whitelisted|false-positive)$/i.test(kind)) ||
    isBenignRemark(object.name?.slice(0, REMARK_MAX) ?? '') ||
    isBenignRemark(object.description?.slice(0, REMARK_MAX) ?? '');
  const said = around.saidOf(object);
  for (const term of readPattern(pattern)) {
    const rule = term.isName ? ruleOf(term) : null;
    if (object.revoked === true) gathering.leave(term.value, 'revoked', place);
    else if (isBenign) gathering.leave(rule?.value ?? term.value, 'benign', place);
    else if (!term.isName) gathering.leave(term.value, reasonOf(term.path), place, term.path);
    else if (rule === null) gathering.leave(term.value, 'unsupported', place, term.path);
    else gathering.typed(rule.value, place, said, rule.scope);
  }
}

const reasonOf = (path: string): 'address' | 'email' | 'type' => {
  if (/^(ipv4|ipv6)-addr/.test(path)) return 'address';
  return path.startsWith('email-') ? 'email' : 'type';
};

function readObservable({ value, revoked }: StixObject, place: Place, gathering: Gathering): void {
  if (value !== undefined) gathering.leave(value, revoked === true ? 'revoked' : 'observable', place);
}

/** MISP exports its attributes so; what is meant for detection says so in a label. */
function readObserved(object: StixObject, place: Place, gathering: Gathering): void {
  const isMeant = object.labels?.some((label) => /^misp:to_ids\s*=\s*"?true"?$/i.test(label)) === true;
  for (const each of Object.values(object.objects ?? {})) {
    const observed = StixObject.safeParse(each);
    if (!observed.success || (observed.data.type !== 'domain-name' && observed.data.type !== 'url')) continue;
    const { value } = observed.data;
    if (value === undefined) continue;
    if (isMeant && object.revoked !== true)
      gathering.typed(value, place, { firstPublished: dateOf(object.created) });
    else readObservable({ ...observed.data, revoked: object.revoked }, place, gathering);
  }
}

/** What the other objects say of an indicator: `indicates` leads to malware and to who is behind it, markings to its TLP. */
class Surroundings {
  readonly #byId: ReadonlyMap<string, StixObject>;
  readonly #targets = new Map<string, StixObject[]>();

  constructor(objects: readonly StixObject[]) {
    this.#byId = new Map(objects.flatMap((object) => (object.id === undefined ? [] : [[object.id, object]])));
    for (const { type, relationship_type, source_ref = '', target_ref = '', revoked } of objects) {
      if (type !== 'relationship' || relationship_type !== 'indicates' || revoked === true) continue;
      const target = this.#byId.get(target_ref);
      if (target === undefined) continue;
      const known = this.#targets.get(source_ref);
      if (known === undefined) this.#targets.set(source_ref, [target]);
      else known.push(target);
    }
  }

  saidOf(object: StixObject): Taken['said'] {
    const targets = this.#targets.get(object.id ?? '') ?? [];
    const named = (types: readonly string[]): string | null =>
      targets.find(({ type, name }) => types.includes(type) && name !== undefined)?.name?.slice(0, 200) ??
      null;
    return withoutNulls({
      confidence: confidenceOf(object.confidence ?? null),
      firstPublished: dateOf(object.valid_from ?? object.created),
      expires: object.valid_until ?? null,
      campaign: named(['campaign', 'intrusion-set', 'threat-actor']),
      malware: named(['malware', 'tool']),
      tlp: this.tlpOf(object),
    });
  }

  tlpOf({ object_marking_refs = [] }: StixObject): string | null {
    for (const ref of object_marking_refs) {
      const marking = this.#byId.get(ref);
      const found = TLP_MARKINGS[ref] ?? tlpOf(marking?.name) ?? tlpOf(textIn(marking?.definition?.['tlp']));
      if (found !== null) return found;
    }
    return null;
  }
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** STIX 2.1 §7.2.1.4: markings that need not be in the bundle. */
const TLP_MARKINGS: Readonly<Record<string, string>> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'clear',
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'green',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'amber',
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'red',
  'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487': 'clear',
  'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb': 'green',
  'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421': 'amber',
  'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003': 'amber+strict',
  'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1': 'red',
};

function findingsOf(objects: readonly StixObject[], around: Surroundings): Findings {
  const first = (type: string): StixObject | undefined => objects.find((object) => object.type === type);
  const report = first('report');
  const campaign = first('campaign') ?? first('intrusion-set') ?? first('threat-actor');
  return {
    title: report?.name ?? null,
    published: dateOf(report?.published ?? report?.created),
    campaign: campaign?.name ?? null,
    confidence: confidenceOf(report?.confidence ?? null),
    tlp: report === undefined ? null : around.tlpOf(report),
  };
}
