// What a text of lines is, by all of its lines: the kind that most of them are of.
import { isIP } from 'node:net';
import type { ListFormatName } from '../../../config/config.ts';
import { importReport } from '../../../report/import.ts';
import { openTable } from '../../../report/kinds/csv.ts';
import { isBareList } from '../../../report/layout/line.ts';
import { readNetwork } from '../../../wire/names/network.ts';
import { ListError } from '../../errors.ts';
import { isAdblockRule } from '../adblock.ts';
import { isBareExpression } from '../regex.ts';
import { RANKED } from '../wrapped-name.ts';
import { isCommentLine } from './sample.ts';

/** The winning kind must explain this share of the sample's lines. */
const SHARE_MIN = 0.5;
/** More lines with a port or a path among names are no accident: a report's reader takes their hosts, one of names passes over them. */
const URLS_SHARE = 0.01;
/** `https://name/x`, or a name with a port or a path. */
const URL_LINE = /^[a-z]+:\/\/[^\s/^]+\/|^[\w-]+(\.[\w-]+)*\.[a-z][\w-]*(:\d{1,5}(\/\S*)?|\/\S*)$/i;
/** Characters of a text that was surely not cut. */
const SHORT_TEXT = 32_768;

export interface Detected {
  readonly format: Exclude<ListFormatName, 'auto'>;
  /** For people: what in the text decided. */
  readonly reason: string;
}

type LineKind = Extract<
  ListFormatName,
  'adblock' | 'hosts' | 'wildcard' | 'domains' | 'dnsmasq' | 'unbound' | 'rpz' | 'regex'
>;
/** `/word/`: an expression in an Adblock list, a path among names. */
type Counts = Record<LineKind | 'word' | 'url', number>;
/** `1,name`, from its first line on. */
const RANKS: Detected = { format: 'domains', reason: 'a rank and a name a line, of which the name counts' };

const REASONS: Record<LineKind, string> = {
  adblock: 'lines like ||name^',
  hosts: 'lines of an address and a name',
  wildcard: 'lines like *.name',
  domains: 'lines of names or addresses',
  dnsmasq: 'lines like address=/name/',
  unbound: 'lines like local-zone: "name"',
  rpz: 'records of a policy zone',
  regex: 'one expression a line',
};

/**
 * @param complete whether the text is all of it; else its last line may be cut
 * @throws ListError when no format explains it
 */
export function detectLines(text: string, complete: boolean): Detected {
  const lines = text.split(/\r?\n/);
  if (!complete && lines.length > 1) lines.pop();
  const counts: Counts = {
    word: 0,
    url: 0,
    adblock: 0,
    hosts: 0,
    wildcard: 0,
    domains: 0,
    dnsmasq: 0,
    unbound: 0,
    rpz: 0,
    regex: 0,
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
  if (judged === 0) throw nothingButComments(text, complete);
  if (isRanked(lines)) return RANKS;
  return decide(counts, judged, text);
}

function nothingButComments(text: string, complete: boolean): ListError {
  if (complete)
    return new ListError('LIST_EMPTY', 'only comments in it, no entry; check what the source serves');
  return new ListError(
    'LIST_UNKNOWN_FORMAT',
    text.includes('\n')
      ? 'only comments in what was looked at of it, no entry; set "format:" if this is a list'
      : 'its first line is too long to tell what it is; set "format:" if this is a list',
  );
}

function decide(counts: Counts, judged: number, text: string): Detected {
  if (counts.rpz > 0 && counts.rpz >= judged * SHARE_MIN) return { format: 'rpz', reason: REASONS.rpz };
  if (/^([0-9a-f]{32},[0-9a-f-]{36}\s+){2}/i.test(text))
    throw new ListError(
      'LIST_UNKNOWN_FORMAT',
      'the body is hashes.csv of a MISP feed, sums from which no name can be had; give the feed\'s …/manifest.json as "source:"',
    );
  if ((REMARKED.test(text) || TYPED_HEAD.test(text)) && openTable(text) !== null)
    return { format: 'csv', reason: 'columns of indicators' };
  const { word, url, ...kinds } = counts;
  const names = counts.hosts + counts.domains + counts.wildcard;
  const words = names + url === 0 ? word : 0;
  const rules = counts.adblock + words;
  const total = Object.values(kinds).reduce((sum, count) => sum + count, words);
  if (total < judged * SHARE_MIN) return decideOdd(text, judged, total);
  // Adblock reads hosts lines and names, too; among more of these each rule of it is read as what it is, but for `/word/`.
  if (rules > 0 && rules >= names && rules + names >= total / 2)
    return {
      format: 'adblock',
      reason: `${counts.adblock > 0 ? REASONS.adblock : 'lines like /expression/'} (${rules} of ${judged})`,
    };
  const best = (Object.keys(kinds) as LineKind[]).sort((a, b) => counts[b] - counts[a])[0]!;
  if (best === 'domains' && DEFANGED.test(text))
    return { format: 'report', reason: 'names that are defanged' };
  if (best === 'domains' && url > judged * URLS_SHARE && isBareList(text))
    return { format: 'report', reason: 'one URL, name or address a line' };
  return { format: best, reason: `${REASONS[best]} (${counts[best]} of ${judged})` };
}

/** No format has most of the lines: a table, or what people write. @throws ListError */
function decideOdd(text: string, judged: number, total: number): Detected {
  if (openTable(text) !== null) return { format: 'csv', reason: 'columns of indicators' };
  if (DEFANGED.test(text)) return { format: 'report', reason: 'prose with defanged names' };
  if (isBareList(text.length < SHORT_TEXT ? text : text.slice(0, text.lastIndexOf('\n'))))
    return { format: 'report', reason: 'one URL, name or address a line' };
  const options = { takeExpired: true };
  if (importReport({ text, sourceName: null, now: Number.POSITIVE_INFINITY, options }).taken.length > 0)
    return { format: 'report', reason: 'names under headings that say what they are' };
  throw new ListError(
    'LIST_UNKNOWN_FORMAT',
    `${judged - total} of ${judged} lines looked at are of no known format; set "format:" if this is a list`,
  );
}

/** `evil[.]example`, `hxxps://`: written by people who do not want a click. */
const DEFANGED = /[\p{L}\p{N}](\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\))[\p{L}\p{N}]|\bhxxps?:\/\//iu;

/** `name;remark`, which may be a row of a table. */
const REMARKED = /^[^\s;."]+(?:\.[^\s;."]+)+\s*;/m;

/** `type,value` above rows that a proxy's rules could be, too: `domain,evil.example`. */
const TYPED_HEAD = /^\s*"?(ioc|indicator)?[ _-]?(type|kind)"?\s*[,;\t]\s*"?[a-z]/i;

/** See wrapped-name.ts. */
const WRAPPED =
  /^(?:-\s+['"]?)?(?:DOMAIN|HOST)(?:-SUFFIX|-KEYWORD)?\s*,|^-\s+['"]?(?:\+\.|\*\.|\.)?[\w-]+(?:\.[\w-]+)+['"]?$|^\+\.\S+$|^address\s+\/[^/]+\/|^(?:\/ip dns static\s+)?add\s.*\bname=|^[^\s;."]+(?:\.[^\s;."]+)+\s*;/i;

/** Lines that show whether a list is one of ranks. */
const RANKS_LOOKED_AT = 50;

/** Below a head it is a table. */
function isRanked(lines: readonly string[]): boolean {
  const looked = lines.slice(0, RANKS_LOOKED_AT).map((line) => line.trim());
  const entries = looked.filter((line) => !isCommentLine(line));
  const ranks = entries.filter((line) => RANKED.test(line)).length;
  return RANKED.test(entries[0] ?? '') && ranks >= entries.length * SHARE_MIN;
}

/** A name among several on a line. */
const PLAIN_NAME = /^[^\s./:;*<>{}"'=,()|^@&?%$#[\]!+~`\\]+(\.[^\s./:;*<>{}"'=,()|^@&?%$#[\]!+~`\\]+)+\.?$/;

function kindOf(line: string): keyof Counts | null {
  if (/^(local-zone|local-data(-ptr)?|server|view):(\s|$)/.test(line)) return 'unbound';
  if (/^(--)?(address|server|local)=/.test(line)) return 'dnsmasq';
  if (/^\$(TTL|ORIGIN)\s/i.test(line)) return 'rpz';
  if (/\s(SOA\s+\S+\s+\S+|CNAME\s+\S+|NS\s+\S+\.)/i.test(line) && !/[|^]/.test(line)) return 'rpz';
  if (isBareExpression(line)) return 'regex';
  if (isAdblockRule(line)) return 'adblock';
  if (/^\/[^/\s]+\/$/.test(line)) return 'word';
  if (URL_LINE.test(line)) return 'url';
  if (WRAPPED.test(line)) return 'domains';
  const words = line.replace(/(?<!\s)\s+[#;].*$/, '').split(/\s+/);
  const [first = ''] = words;
  if (words.length > 1) {
    if (isIP(first.replace(/%.*$/, '')) !== 0) return 'hosts';
    return words.every((word) => PLAIN_NAME.test(word)) ? 'domains' : null;
  }
  if (readNetwork(first) !== null) return 'domains';
  if (/^(\*\.|\.)[^\s./:*]+(\.[^\s./:*]+)*\.?$/.test(first)) return 'wildcard';
  return /^[^\s./:;*<>{}"=,()|^@&?%]+(\.[^\s./:;*<>{}"=,()|^@&?%]+)+\.?$/.test(first) ? 'domains' : null;
}
