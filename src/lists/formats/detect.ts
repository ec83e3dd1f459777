// `format: auto`: says by content what a list is and why, and refuses what is none (a login page, a JSON error, a picture).
import { isIP } from 'node:net';
import type { ListFormatName } from '../../config/config.ts';
import { importReport } from '../../report/import.ts';
import { openTable } from '../../report/kinds/csv.ts';
import { detectKind } from '../../report/kinds/detect.ts';
import { isIndicatorXml } from '../../report/kinds/xml.ts';
import { isBareList } from '../../report/layout/line.ts';
import { readNetwork } from '../../wire/names/network.ts';
import { ListError } from '../errors.ts';

/** How much of the beginning is looked at. */
export const SAMPLE_OCTETS = 65_536;
/** Lines of a table that are looked at; of a list all that the sample holds. */
const SAMPLE_LINES_MAX = 400;
/** The winning kind must explain this share of the sample's lines. */
const SHARE_MIN = 0.5;

export interface Detected {
  readonly format: Exclude<ListFormatName, 'auto'>;
  /** For people: what in the text decided. */
  readonly reason: string;
}

const UNPACKED = 'name a source that is plain, gzip, zstd or zip';

const decoder = new TextDecoder();

/**
 * Refuses a body that cannot be any list, whatever format its owner names.
 * @param sample the first SAMPLE_OCTETS, or all when there are fewer
 * @throws ListError
 */
export function refuseForeign(sample: Uint8Array): void {
  refuseMagic(sample);
  if (isMostlyNuls(sample))
    throw new ListError(
      'LIST_BINARY',
      'most of its lines hold NUL octets, it is not text; check what the source serves',
    );
  const text = decoder.decode(sample).trimStart();
  if (text === '') throw new ListError('LIST_EMPTY', 'the body is empty; check what the source serves');
  const head = text.slice(0, 2000).toLowerCase();
  if (isIndicatorXml(text)) return;
  if (/^(<!--[\s\S]*?-->\s*)*<(!doctype|html|head|body|script|meta|\?xml)/.test(head))
    throw new ListError(
      'LIST_HTML',
      'the body is a web page (a login or error page?), not a list; open the source in a browser',
    );
}

/**
 * @param complete whether the sample is the whole text; else its last line may be cut
 * @throws ListError when it is no list, or no format explains it
 */
export function detect(sample: Uint8Array, complete = true): Detected {
  refuseForeign(sample);
  const text = decoder.decode(sample).replace(/^\ufeff/, '');
  return (
    detectJson(text) ??
    detectReport(text) ??
    detectYaml(text) ??
    detectTable(text) ??
    detectLines(text, complete)
  );
}

/** Octets a text never begins with, or has at 257 (tar), as ISO 8859-1. */
const MAGIC: readonly (readonly [magic: string, what: string, mend?: string])[] = [
  ['\xfd7zXZ\0', 'xz data', UNPACKED],
  ['BZh', 'bzip2 data', UNPACKED],
  ['7z\xbc\xaf', 'a 7z archive', UNPACKED],
  ['Rar!\x1a\x07', 'a RAR archive', UNPACKED],
  ['\x1f\x8b', 'gzip data'],
  ['PK\x03\x04', 'a zip archive'],
  ['\x28\xb5\x2f\xfd', 'zstd data'],
  ['%PDF', 'a PDF file'],
  ['\x89PNG', 'a picture'],
  ['\xff\xd8\xff', 'a picture'],
  ['GIF8', 'a picture'],
  ['\x7fELF', 'a program'],
  ['MZ', 'a program'],
];
const TAR_AT = 257;

/** @throws ListError */
function refuseMagic(sample: Uint8Array): void {
  const head = Buffer.from(sample.subarray(0, TAR_AT + 5)).toString('latin1');
  const isTar = head.startsWith('ustar', TAR_AT);
  const found = isTar
    ? (['', 'a tar archive', UNPACKED] as const)
    : MAGIC.find(([magic]) => head.startsWith(magic));
  if (found === undefined) return;
  const [, what, mend = 'check what the source serves'] = found;
  throw new ListError('LIST_BINARY', `the body is ${what}, not text; ${mend}`);
}

/** Lines with a NUL are skipped like any bad line; where they are many it is no text. */
function isMostlyNuls(sample: Uint8Array): boolean {
  if (!sample.includes(0)) return false;
  let [lines, withNul] = [0, 0];
  for (let start = 0; start < sample.length; ) {
    const next = sample.indexOf(0x0a, start);
    const end = next < 0 ? sample.length : next;
    lines += 1;
    if (sample.subarray(start, end).includes(0)) withNul += 1;
    start = end + 1;
  }
  return withNul > lines / 2;
}

/** Fields in which feeds write names. */
const FEED_KEYS =
  /"(ioc|iocs|ioc_value|indicator|indicators|observable|domain|domains|domain_?name|hostname|fqdn|DomainAddress|url|urls|host|hosts)"\s*:/i;

function detectJson(text: string): Detected | null {
  const start = text.trimStart();
  if (!start.startsWith('{') && !/^\[\s*[{["\]]/.test(start)) return null;
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
  if (FEED_KEYS.test(start) || /^\[\s*"[^"\s]+\.[^"\s]+"\s*[,\]]/.test(start))
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
  if (kind !== 'xml' && kind !== 'sigma' && kind !== 'suricata' && kind !== 'query') return null;
  return { format: 'report', reason };
}

function detectYaml(text: string): Detected | null {
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

type LineKind = 'adblock' | 'hosts' | 'wildcard' | 'domains' | 'dnsmasq' | 'unbound' | 'rpz';

const REASONS: Record<LineKind, string> = {
  adblock: 'lines like ||name^',
  hosts: 'lines of an address and a name',
  wildcard: 'lines like *.name',
  domains: 'one name or address a line',
  dnsmasq: 'lines like address=/name/',
  unbound: 'lines like local-zone: "name"',
  rpz: 'records of a policy zone',
};

function detectLines(text: string, complete: boolean): Detected {
  const lines = text.split(/\r?\n/);
  if (!complete && lines.length > 1) lines.pop();
  const counts: Record<LineKind, number> = {
    adblock: 0,
    hosts: 0,
    wildcard: 0,
    domains: 0,
    dnsmasq: 0,
    unbound: 0,
    rpz: 0,
  };
  let judged = 0;
  let header: Detected | null = null;
  for (const raw of lines) {
    const line = raw.trim();
    if (/^\[(adblock|adguard|ublock)/i.test(line))
      header = { format: 'adblock', reason: `its header ${line.slice(0, 40)}` };
    if (isCommentLine(line)) continue;
    const kind = kindOf(line);
    judged += 1;
    if (kind !== null) counts[kind] += 1;
  }
  if (header !== null) return header;
  return decide(counts, judged, text);
}

function decide(counts: Record<LineKind, number>, judged: number, text: string): Detected {
  if (judged === 0)
    throw new ListError('LIST_EMPTY', 'only comments in it, no entry; check what the source serves');
  // A zone file's SOA and records beat everything; Adblock rules make the whole list Adblock, for it reads the others too.
  if (counts.rpz > 0 && counts.rpz >= judged * SHARE_MIN) return { format: 'rpz', reason: REASONS.rpz };
  if (/^([0-9a-f]{32},[0-9a-f-]{36}\s+){2}/i.test(text))
    throw new ListError(
      'LIST_UNKNOWN_FORMAT',
      'the body is hashes.csv of a MISP feed, sums from which no name can be had; give the feed\'s …/manifest.json as "source:"',
    );
  if (REMARKED.test(text) && openTable(text) !== null)
    return { format: 'csv', reason: 'columns of indicators' };
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total < judged * SHARE_MIN) {
    if (openTable(text) !== null) return { format: 'csv', reason: 'columns of indicators' };
    if (DEFANGED.test(text)) return { format: 'report', reason: 'prose with defanged names' };
    if (isBareList(text.length < SAMPLE_OCTETS / 2 ? text : text.slice(0, text.lastIndexOf('\n'))))
      return { format: 'report', reason: 'one URL, name or address a line' };
    if (importReport({ text, sourceName: null, now: Number.POSITIVE_INFINITY }).taken.length > 0)
      return { format: 'report', reason: 'names under headings that say what they are' };
    throw new ListError(
      'LIST_UNKNOWN_FORMAT',
      `${judged - total} of ${judged} lines looked at are of no known format; set "format:" if this is a list`,
    );
  }
  // A name alone means the same in a list of names and in Adblock; `*.name` does not.
  const others = counts.hosts + counts.domains;
  if (counts.adblock > counts.wildcard && counts.adblock + others + counts.wildcard >= total / 2)
    return { format: 'adblock', reason: `${REASONS.adblock} (${counts.adblock} of ${judged})` };
  const kinds = (Object.keys(counts) as LineKind[]).sort((a, b) => counts[b] - counts[a]);
  const best = kinds[0]!;
  if (best === 'domains' && DEFANGED.test(text))
    return { format: 'report', reason: 'names that are defanged' };
  return { format: best, reason: `${REASONS[best]} (${counts[best]} of ${judged})` };
}

/** `evil[.]example`, `hxxps://`: written by people who do not want a click. */
const DEFANGED = /[\p{L}\p{N}](\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\))[\p{L}\p{N}]|\bhxxps?:\/\//iu;

function isCommentLine(line: string): boolean {
  if (line === '' || line.startsWith('!') || line.startsWith(';') || line.startsWith('//')) return true;
  if (line.startsWith('[')) return true;
  return /^#($|[^#@?$%]|#+($|\s|#))/.test(line);
}

/** `name;remark`, which may be a row of a table. */
const REMARKED = /^[^\s;."]+(?:\.[^\s;."]+)+\s*;/m;

/** See wrapped-name.ts. */
const WRAPPED =
  /^(?:-\s+['"]?)?(?:DOMAIN|HOST)(?:-SUFFIX|-KEYWORD)?\s*,|^-\s+['"]?(?:\+\.|\*\.|\.)?[\w-]+(?:\.[\w-]+)+['"]?$|^\+\.\S+$|^address\s+\/[^/]+\/|^(?:\/ip dns static\s+)?add\s.*\bname=|^[^\s;."]+(?:\.[^\s;."]+)+\s*;/i;

function kindOf(line: string): LineKind | null {
  if (/^(local-zone|local-data(-ptr)?|server|view):(\s|$)/.test(line)) return 'unbound';
  if (/^(--)?(address|server|local)=/.test(line)) return 'dnsmasq';
  if (/^\$(TTL|ORIGIN)\s/i.test(line)) return 'rpz';
  if (/\s(SOA\s+\S+\s+\S+|CNAME\s+\S+|NS\s+\S+\.)/i.test(line) && !/[|^]/.test(line)) return 'rpz';
  if (
    /^(\|\|\S|@@|\|[^\s|]+\|?$)|\^(\$|\||$)|^[^\s#]*##[^#\s]|#@#|#\?#|#\$#|^\*?\$[a-z]|\$(important|dnstype|client|denyallow|dnsrewrite|badfilter|ctag)/.test(
      line,
    )
  )
    return 'adblock';
  // `/…/` is an expression where it speaks as one; `/word/` is a path too, and as an expression it is found in names without number.
  if (/^\/.+\/(\$|$)/.test(line)) return /[\\^$()[\]*+|{]/.test(line) ? 'adblock' : null;
  if (WRAPPED.test(line)) return 'domains';
  const [first = '', second] = line.replace(/\s+[#;].*$/, '').split(/\s+/);
  if (second !== undefined) return isIP(first.replace(/%.*$/, '')) !== 0 ? 'hosts' : null;
  if (readNetwork(first) !== null) return 'domains';
  if (/^(\*\.|\.)[^\s./:*]+(\.[^\s./:*]+)*\.?$/.test(first)) return 'wildcard';
  return /^[^\s./:;*<>{}"=,()|^@&?%]+(\.[^\s./:;*<>{}"=,()|^@&?%]+)+\.?$/.test(first) ? 'domains' : null;
}
