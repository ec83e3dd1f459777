// JSON of reports: parsed with a little patience, and with the lines that JSON.parse does not tell. Lists of records in YAML, as the same values.
import { parseDocument } from 'yaml';
import { ITEM, yamlParts } from '../yaml/parts.ts';
import { plainRecords } from '../yaml/records.ts';

/** The value, or null when it is no JSON; a comma before a closing bracket, which exports leave behind, is forgiven. */
export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    try {
      return JSON.parse(withoutTrailingCommas(source));
    } catch {
      return null;
    }
  }
}

const LINES_MAX = 2_000_000;

/** A JSON text, or JSON Lines (one value a line) as a list; null when it is neither. */
export function openJson(source: string): unknown {
  const start = source.trimStart().slice(0, 1);
  if (start !== '{' && start !== '[') return null;
  const whole = parseJson(source);
  if (whole !== null || start === '[') return whole;
  const values: unknown[] = [];
  for (const line of source.split(/\r?\n/, LINES_MAX)) {
    if (line.trim() === '') continue;
    const value = line.trimStart().startsWith('{') ? parseJson(line) : null;
    if (value === null) return null;
    values.push(value);
  }
  return values;
}

/** Strings are stepped over; their last alternative takes a quote that is never closed, to the end. */
const STRING_OR_COMMA = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|$)|,\s{0,200}(?=[\]}])/g;

function withoutTrailingCommas(source: string): string {
  return source.replaceAll(STRING_OR_COMMA, (match) => (match.startsWith('"') ? match : ''));
}

const KEYS_MAX = 1_000_000;

/** Line of the first object that has `"key": "value"`, by value. */
export function lineOfKey(source: string, key: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const pattern = new RegExp(`"${key}"\\s{0,16}:\\s{0,16}"([^"\\\\]{1,128})"`, 'g');
  let line = 1;
  let counted = 0;
  for (let match = pattern.exec(source); match !== null; match = pattern.exec(source)) {
    for (; counted < match.index; counted += 1) if (source.charCodeAt(counted) === 0x0a) line += 1;
    const value = match[1] ?? '';
    if (!lines.has(value)) lines.set(value, line);
    if (lines.size >= KEYS_MAX) break;
  }
  return lines;
}

const SAMPLE_CHARACTERS = 65_536;
const KEY_OF_YAML = /^[ \t]*(?:-[ \t]+)?["']?([\w -]{1,60})["']?:(?:[ \t]+(\S.*))?$/gm;
/** A playbook and a workflow are lists of records, too. */
const OF_ATTACKS =
  /^(phish|scam|fraud|malware|malicious|botnet|c2\b|c&c|trojan|ransom|stealer|spam|abus|ioc)/i;
const KEY_OF_ATTACKS = /ioc|indicator|malware|malicious|phish|scam|botnet|c2|threat|abuse/i;

/** A list of records in YAML, of which a key or a value says that they are of attacks: `- name: evil.com`, `  category: phishing`. */
export function isYamlOfRecords(sample: string): boolean {
  const first = /^(?![ \t]*(?:#|---|\r?$))(.{0,200})/m.exec(sample)?.[1] ?? '';
  if (!/^\s{0,4}- ["']?[\w -]{1,60}["']?:(?:\s|$)/.test(first)) return false;
  for (const [, key = '', value = ''] of sample.slice(0, SAMPLE_CHARACTERS).matchAll(KEY_OF_YAML))
    if (KEY_OF_ATTACKS.test(key) || OF_ATTACKS.test(value.replace(/^["'[\s]+/, ''))) return true;
  return false;
}

/** A key that is a collection is written out as text, with those in it at each depth anew: a thousand brackets took for ever. */
const OF_RECORDS = { schema: 'failsafe', uniqueKeys: false, stringKeys: true, prettyErrors: false } as const;

/** Its records as plain values, all of them texts; null when it is no YAML. */
export function openYaml(source: string): unknown {
  const parts = isYamlOfRecords(source) ? yamlParts(source, ITEM) : null;
  if (parts === null) return null;
  try {
    const values = parts.map(parsedYaml);
    return values.length === 1 ? values[0] : values.flat();
  } catch {
    return null;
  }
}

/** @throws where a key is a collection, or the parser cannot go on */
function parsedYaml(part: string): unknown {
  const plain = plainRecords(part);
  if (plain !== null) return plain;
  const document = parseDocument(part, OF_RECORDS);
  if (document.errors.some(({ code }) => code === 'NON_STRING_KEY'))
    throw new TypeError('a key is a collection');
  return document.toJS();
}
