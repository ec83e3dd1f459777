// STIX 1 in JSON, as python-stix and MISP write it: CybOX objects with an `xsi:type` and a value, wherever they stand.
import type { Gathering } from '../gathering.ts';
import type { Findings } from '../report.ts';
import { ValuePlaces } from '../text/value-places.ts';
import { type CyboxValue, isOfNone, readCyboxValue } from './cybox.ts';

const DEPTH_MAX = 64;
const VALUES = /(DomainName|URI|Hostname|Link|Address)ObjectType$/;
/** How python-stix marks each object. */
const CYBOX = /"xsi:type"\s*:\s*"[\w:]+ObjectType"/;

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isStix1 = (parsed: unknown, source: string): parsed is Fields =>
  isFields(parsed) &&
  /^1\./.test(String(parsed['version'])) &&
  ('stix_header' in parsed || 'related_packages' in parsed || CYBOX.test(source));

export function readStix1(parsed: Fields, source: string, gathering: Gathering): Findings {
  const places = new ValuePlaces(source);
  let title: string | null = null;
  const walk = (value: unknown, depth: number, isAroundNegated: boolean): void => {
    if (depth > DEPTH_MAX || typeof value !== 'object' || value === null) return;
    if (!isFields(value)) {
      for (const each of value as unknown[]) walk(each, depth + 1, isAroundNegated);
      return;
    }
    if (typeof value['title'] === 'string' && 'related_indicators' in value) title ??= value['title'];
    const isNegated = isAroundNegated !== (value['negate'] === true);
    const kind = VALUES.exec(String(value['xsi:type'] ?? ''))?.[1];
    if (kind !== undefined)
      for (const { isNone, ...said } of valuesOf(
        value['value'] ?? value['hostname_value'] ?? value['address_value'],
      )) {
        const { line } = places.of(JSON.stringify(said.value).slice(1, -1));
        readCyboxValue(
          { ...said, isNegated: isNegated !== isNone, isAddress: kind === 'Address' },
          { line, column: 1 },
          gathering,
        );
      }
    for (const each of Object.values(value)) walk(each, depth + 1, isNegated);
  };
  walk(parsed, 0, false);
  return { title };
}

interface Said extends Pick<CyboxValue, 'value' | 'condition'> {
  readonly isNone: boolean;
}

/** `"evil.com"`, `{"value": "evil.com", "condition": "Equals"}`, a list of either, or several joined. */
function valuesOf(value: unknown, condition = '', isNone = false): Said[] {
  if (typeof value === 'string')
    return value.split('##comma##').map((each) => ({ value: each, condition, isNone }));
  if (Array.isArray(value)) return value.flatMap((each) => valuesOf(each, condition, isNone));
  if (!isFields(value)) return [];
  return valuesOf(value['value'], String(value['condition'] ?? ''), isOfNone(value['apply_condition']));
}
