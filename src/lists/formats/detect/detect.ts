// `format: auto`: says by content what a list is and why, and refuses what is none (a login page, a JSON error, a picture).
import { detectKind } from '../../../report/kinds/detect.ts';
import { speaksOfNames } from '../../../report/kinds/record-keys.ts';
import { ListError } from '../../errors.ts';
import { type Detected, detectLines } from './detect-lines.ts';
import { isMarkup, refuseNoText } from './no-text.ts';

/** Lines of a table that are looked at; of a list all that the sample holds. */
const SAMPLE_LINES_MAX = 400;

const decoder = new TextDecoder();

/**
 * Refuses a body that cannot be any list, whatever format its owner names.
 * @param sample the first SAMPLE_OCTETS, or all when there are fewer
 * @throws ListError
 */
export function refuseForeign(sample: Uint8Array): void {
  refuseNoText(sample);
  if (!isMarkup(sample) || detectKind(decoder.decode(sample)).kind === 'xml') return;
  throw new ListError(
    'LIST_HTML',
    'the body is a web page (a login or error page?), not a list; open the source in a browser',
  );
}

/** What a page's or a shell's script begins with: the names in it are those of a login page, or of nobody. */
const SCRIPT =
  /^(?:#!\s*\/|["']use strict["']|(?:window|document|location|top|self|parent|globalThis)\s*[.=[]|(?:var|const)\s+[\w$]+\s*[=;]|[!;(+]*\s*(?:async\s+)?function\b|\(\(?[\w$, ]*\)\s*=>|(?:if|try|for|while)\s*[({])/;

function refuseScript(text: string): void {
  const head = text.trimStart().replace(/^(?:\/\/[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*/, '');
  if (SCRIPT.test(head))
    throw new ListError(
      'LIST_HTML',
      `the body is a script (${JSON.stringify(head.slice(0, 40))}), as login and error pages send, not a list; open the source in a browser`,
    );
}

/**
 * @param complete whether the sample is the whole text; else its last line may be cut
 * @throws ListError when it is no list, or no format explains it
 */
export function detect(sample: Uint8Array, complete = true): Detected {
  refuseForeign(sample);
  const text = decoder.decode(sample).replace(/^\ufeff/, '');
  const known = detectJson(text) ?? detectReport(text);
  if (known !== null) return known;
  refuseScript(text);
  return detectYaml(text) ?? detectTable(text) ?? detectLines(text, complete);
}

/** An indicator list of ours as JSON, which is YAML: of a feed neither campaign nor addresses would be taken. */
const OWN_LIST =
  /^\{(?=[^[\]{}]*"campaign"\s*:\s*(?:"|null))[^[\]{}]*"indicators"\s*:\s*\[\s*(?:"|\{\s*"name"\s*:)/;

function detectJson(text: string): Detected | null {
  const start = text.trimStart();
  if (!start.startsWith('{') && !/^\[\s*[{["\]]/.test(start)) return null;
  if (OWN_LIST.test(start)) return { format: 'indicators', reason: 'keys "campaign" and "indicators"' };
  if (/^\[\s*"[^"\s]*"\s*(,|\]|$)/.test(start)) return { format: 'domains', reason: 'a JSON array of names' };
  if (/"type"\s*:\s*"bundle"/.test(start) || /"spec_version"\s*:\s*"2\.\d"/.test(start))
    return { format: 'stix', reason: 'a STIX bundle' };
  if (/"(Event|Attribute|response)"\s*:/.test(start) && /"(Event|Attribute|value|info|uuid)"\s*:/.test(start))
    return { format: 'misp', reason: 'a MISP event' };
  if (/^\{\s*"[0-9a-f-]{36}"\s*:\s*\{/i.test(start) && /"(timestamp|Orgc|info)"\s*:/.test(start))
    throw new ListError(
      'LIST_JSON',
      'the body is the manifest of a MISP feed, which only names its events; give its URL (…/manifest.json) as "source:", or the file of one event',
    );
  if (/"pattern"\s*:\s*"[^"]*\[/.test(start) && /"(objects|pattern_type|valid_from)"\s*:/.test(start))
    return { format: 'stix', reason: 'objects of STIX' };
  if (speaksOfNames(start) || /^\[\s*"[^"\s]+\.[^"\s]+"\s*[,\]]/.test(start))
    return { format: 'report', reason: 'a feed in JSON' };
  throw new ListError(
    'LIST_JSON',
    `the body is JSON but neither STIX, MISP nor a feed of names (${JSON.stringify(start.slice(0, 80))}); check what the source serves`,
  );
}

/** What tools and analysts write, other than tables and prose. */
function detectReport(text: string): Detected | null {
  if (/^#fields\tindicator\t/m.test(text)) return { format: 'csv', reason: "an intelligence file of Zeek's" };
  const { kind, reason } = detectKind(text);
  // JSON itself was detected before: `json` here is records in YAML.
  if (kind !== 'xml' && kind !== 'sigma' && kind !== 'suricata' && kind !== 'query' && kind !== 'json')
    return null;
  return { format: 'report', reason };
}

function detectYaml(text: string): Detected | null {
  // In notes a line of prose may begin so; a document of YAML begins with a key, too.
  const first = /^(?:\s*(?:#.*)?\r?\n)*(.*)/.exec(text)?.[1] ?? '';
  if (!/^(---|%|\{|["']?[\w-]+["']?\s*:)/.test(first)) return null;
  if (/^(indicators|entries)\s*:/m.test(text)) return { format: 'indicators', reason: 'a key "indicators:"' };
  return null;
}

/** Comma-separated exports of threat feeds: a header row, or rows of quoted fields. */
function detectTable(text: string): Detected | null {
  const rows = text
    .split(/\r?\n/)
    .slice(0, SAMPLE_LINES_MAX)
    .filter((line) => line.trim() !== '');
  const data = rows.filter((line) => !line.startsWith('#'));
  const header =
    /(^|[",;\t\s])(ioc(_value|_type)?|indicator|domain|url|value|first_seen(_utc)?|dateadded|type)("|,|;|\t|$)/i;
  const first = data[0] ?? '';
  const separated = (line: string): boolean => line.split(/[,;\t]/).length >= 3 && !/[|^]/.test(line);
  if (separated(first) && header.test(first) && data.slice(1).every((line) => /[,;\t]/.test(line)))
    return { format: 'csv', reason: 'a header row of a table' };
  if (data.length > 0 && data.every((line) => /^\s*"[^"]*"\s*,/.test(line) && separated(line)))
    return { format: 'csv', reason: 'rows of quoted fields' };
  return null;
}
