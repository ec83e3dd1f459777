// STIX 1 in JSON, as python-stix and MISP write it: CybOX objects with an `xsi:type` and a value, wherever they stand.
import type { Gathering } from '../gathering.ts';
import type { Findings } from '../report.ts';
import { ValuePlaces } from '../text/value-places.ts';

const DEPTH_MAX = 64;
const NAMES = /(DomainName|URI|Hostname|Link)ObjectType$/;

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isStix1 = (parsed: unknown): parsed is Fields =>
  isFields(parsed) &&
  ('stix_header' in parsed || 'related_packages' in parsed) &&
  /^1\./.test(String(parsed['version']));

export function readStix1(parsed: Fields, source: string, gathering: Gathering): Findings {
  const places = new ValuePlaces(source);
  let title: string | null = null;
  const walk = (value: unknown, depth: number): void => {
    if (depth > DEPTH_MAX || typeof value !== 'object' || value === null) return;
    if (!isFields(value)) {
      for (const each of value as unknown[]) walk(each, depth + 1);
      return;
    }
    if (typeof value['title'] === 'string' && 'related_indicators' in value) title ??= value['title'];
    if (NAMES.test(String(value['xsi:type'] ?? '')))
      for (const text of valuesOf(value['value'] ?? value['hostname_value'])) {
        const { line } = places.of(JSON.stringify(text).slice(1, -1));
        gathering.typed(text, { line, column: 1 });
      }
    for (const each of Object.values(value)) walk(each, depth + 1);
  };
  walk(parsed, 0);
  return { title };
}

/** `"evil.com"`, `{"value": "evil.com", "condition": "Equals"}`, a list of either, or several joined. */
function valuesOf(value: unknown): string[] {
  if (typeof value === 'string') return value.split('##comma##');
  if (Array.isArray(value)) return value.flatMap(valuesOf);
  return isFields(value) && !/^(DoesNot|Not)/.test(String(value['condition'] ?? ''))
    ? valuesOf(value['value'])
    : [];
}
