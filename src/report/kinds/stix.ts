// A STIX 2.0 or 2.1 bundle: names in indicator patterns, domain-name and url objects; what it says of itself as a report.
import { z } from 'zod';
import type { Gathering, Place } from '../gathering.ts';
import type { Findings, Taken } from '../report.ts';
import { confidenceOf } from './csv.ts';
import { lineOfKey, parseJson } from './json.ts';
import { readPattern } from './stix-pattern.ts';

const text = z.string().optional().catch(undefined);
const StixObject = z.looseObject({
  type: z.string(),
  id: text,
  name: text,
  pattern: text,
  pattern_type: text,
  value: text,
  valid_from: text,
  valid_until: text,
  created: text,
  published: text,
  first_seen: text,
  confidence: z.number().optional().catch(undefined),
  revoked: z.boolean().optional().catch(undefined),
  labels: z.array(z.string()).optional().catch(undefined),
  indicator_types: z.array(z.string()).optional().catch(undefined),
  /** STIX 2.0 observed data: objects by number. */
  objects: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
type StixObject = z.infer<typeof StixObject>;

const Bundle = z.looseObject({ objects: z.array(z.unknown()) });

/** The bundle's objects, or null when the text is none. */
export function openStix(source: string): StixObject[] | null {
  const parsed = parseJson(source);
  const bundle = Bundle.safeParse(Array.isArray(parsed) ? { objects: parsed } : parsed);
  if (!bundle.success) return null;
  const objects = bundle.data.objects.flatMap((each) => {
    const object = StixObject.safeParse(each);
    return object.success ? [object.data] : [];
  });
  return objects.length > 0 ? objects : null;
}

export function readStix(objects: readonly StixObject[], source: string, gathering: Gathering): Findings {
  const lines = lineOfKey(source, 'id');
  for (const object of objects) {
    const place = { line: lines.get(object.id ?? '') ?? 0, column: 1 };
    if (object.type === 'indicator') readIndicator(object, place, gathering);
    else if (object.type === 'domain-name' || object.type === 'url') readObservable(object, place, gathering);
    else if (object.type === 'observed-data') {
      for (const each of Object.values(object.objects ?? {})) {
        const observed = StixObject.safeParse(each);
        if (observed.success) readObservable(observed.data, place, gathering);
      }
    }
  }
  return findingsOf(objects);
}

function readIndicator(object: StixObject, place: Place, gathering: Gathering): void {
  const pattern = object.pattern ?? '';
  if (object.pattern_type !== undefined && object.pattern_type !== 'stix') {
    gathering.leave(object.name ?? pattern, 'type', place, `a ${object.pattern_type} pattern`);
    return;
  }
  const kinds = [...(object.indicator_types ?? []), ...(object.labels ?? [])];
  const isBenign = kinds.some((kind) => /^(benign|whitelisted|false-positive)$/i.test(kind));
  for (const term of readPattern(pattern)) {
    if (object.revoked === true) gathering.leave(term.value, 'revoked', place);
    else if (!term.isName && isBenign) gathering.leave(term.value, 'benign', place);
    else if (!term.isName) gathering.leave(term.value, reasonOf(term.path), place, term.path);
    else if (!term.isExact) gathering.leave(term.value, 'unsupported', place, term.path);
    else if (isBenign) gathering.unflagged(term.value, place, saidBy(object));
    else gathering.typed(term.value, place, saidBy(object));
  }
}

const reasonOf = (path: string): 'address' | 'email' | 'type' => {
  if (/^(ipv4|ipv6)-addr/.test(path)) return 'address';
  return path.startsWith('email-') ? 'email' : 'type';
};

function readObservable(object: StixObject, place: Place, gathering: Gathering): void {
  if (object.type !== 'domain-name' && object.type !== 'url') return;
  if (object.value === undefined) return;
  if (object.revoked === true) gathering.leave(object.value, 'revoked', place);
  else gathering.typed(object.value, place, saidBy(object));
}

function saidBy(object: StixObject): Taken['said'] {
  const confidence = confidenceOf(object.confidence ?? null);
  const from = dateOf(object.valid_from ?? object.created);
  const until = dateOf(object.valid_until);
  return {
    ...(confidence === null ? {} : { confidence }),
    ...(from === null ? {} : { firstPublished: from }),
    ...(until === null ? {} : { note: `valid until ${until} by its report` }),
  };
}

function findingsOf(objects: readonly StixObject[]): Findings {
  const first = (type: string): StixObject | undefined => objects.find((object) => object.type === type);
  const report = first('report');
  const campaign = first('campaign') ?? first('intrusion-set') ?? first('threat-actor');
  return {
    title: report?.name ?? null,
    published: dateOf(report?.published ?? report?.created),
    campaign: campaign?.name ?? null,
    confidence: confidenceOf(report?.confidence ?? null),
  };
}

const dateOf = (value: string | undefined): string | null =>
  /^\d{4}-\d\d-\d\d/.exec(value ?? '')?.[0] ?? null;
