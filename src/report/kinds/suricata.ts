// Rules of Suricata and Snort: names that a rule compares DNS questions, TLS server names or HTTP hosts with.
//
// Decided: a rule that is switched off (`#alert`), one that passes, a test and a negated match name nothing. A content counts when it
// is a whole name: with a dot in front of it the names below, else the name and all below.
import type { Gathering } from '../gathering.ts';
import type { Place } from '../place.ts';
import { refangHost } from '../text/refang-host.ts';

const ACTION = String.raw`^\s*(#+\s*)?(alert|drop|reject|rejectsrc|rejectdst|rejectboth|pass|log|sdrop|block)`;
const RULE = new RegExp(
  String.raw`${ACTION}\s{1,200}[a-z0-9.-]{1,100}\s{1,200}[^(]{1,2000}\((.*)\)\s*$`,
  'i',
);
/** A name is looked for in these buffers; the older ones are named behind the content. */
const NAME_BUFFERS =
  /^(dns[._]query(\.name)?|dns\.queries\.rrname|tls[._]sni|ssl_state|http[._]host(\.raw)?|http_raw_host|ja3\.sni|quic\.sni)$/;
const BUFFERS =
  /^(dns[._]|tls[._]|http[._]|file[._]|ssh[._]|pkt_data|raw_data|base64_data|ja3|smb|quic[._]|http2[._]|uricontent|sip[._])/;
const OTHER_MODIFIERS =
  /^http_(uri|raw_uri|header|raw_header|client_body|cookie|user_agent|method|stat_code|stat_msg)$/;
/** A rule that tries whether the sensor works, by a name that everybody asks for. */
const OF_A_TEST =
  /^\W*test(ing|s)?\b|\b(test(ing)? (rules?|alerts?|signatures?)|(rule|alert|signature) test(ing)?|for test(ing)?( purposes| only)?)\W*$/i;
const LINE_CHARACTERS_MAX = 100_000;

/** Whether the line is a rule, switched off or not. */
const isRule = (line: string): boolean =>
  line.length <= LINE_CHARACTERS_MAX && RULE.test(line) && /\b(sid|msg|content)\s*:/.test(line);

/** At least half of the lines that say something are rules. */
export function isSuricata(sample: string): boolean {
  const lines = Array.from(rulesIn(sample), ({ text }) => text);
  if (sample.length >= LINE_CHARACTERS_MAX / 2 && lines.length > 1) lines.pop();
  const rules = lines.filter(isRule).length;
  return rules > 0 && rules * 2 >= lines.filter((line) => !/^\s*(#.*)?$/.test(line) || isRule(line)).length;
}

export function readSuricata(source: string, gathering: Gathering): void {
  for (const { text, line } of rulesIn(source)) readRule(text, { line, column: 1 }, gathering);
}

/** An action, a header and a bracket that is not closed in this line. */
const OPENED = new RegExp(String.raw`${ACTION}\s[^()"]{5,2000}\((?!.*\)\s*$)`, 'i');
const CLOSED = /\)\s*$/;
/** No option of a rule is called so. */
const NEXT_RULE = new RegExp(String.raw`${ACTION}\s`, 'i');
const OPENED_LINES_MAX = 60;

/** The lines of a file, those of one rule as one: it may go on behind a backslash, or until its bracket is closed. */
function* rulesIn(source: string): Generator<{ readonly text: string; readonly line: number }> {
  const lines = source.split(/\r\n|[\r\n]/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = at + 1;
    let text = lines[at]!;
    let left = OPENED.test(text) ? OPENED_LINES_MAX : 0;
    while (text.length < LINE_CHARACTERS_MAX && at + 1 < lines.length)
      if (text.endsWith('\\')) text = text.slice(0, -1) + lines[++at]!;
      else if (left-- > 0 && !CLOSED.test(lines[at]!) && !NEXT_RULE.test(lines[at + 1]!))
        text += ` ${lines[++at]!.trim()}`;
      else break;
    yield { text, line };
  }
}

interface Content {
  readonly bytes: string;
  readonly isNegated: boolean;
  buffer: string;
  isEnd: boolean;
  hasDotPrefix: boolean;
}

function readRule(line: string, place: Place, gathering: Gathering): void {
  const rule = isRule(line) ? RULE.exec(line) : null;
  if (rule === null) {
    // A comment may name a campaign's domains, as any text does.
    if (/^\s*#/.test(line)) gathering.text(line, place);
    return;
  }
  const [, off, action = '', body = ''] = rule;
  const message = /\bmsg\s*:\s*"((?:[^"\\]|\\.){0,2000})"/.exec(body)?.[1];
  const contents = contentsOf(body);
  const isWireRule = contents.some(({ bytes, isNegated }) => !isNegated && speaksOfNames(bytes));
  for (const content of contents) {
    const name = content.isNegated ? null : nameIn(content, isWireRule);
    if (name === null) continue;
    if (off !== undefined) gathering.leave(name, 'revoked', place, 'its rule is switched off');
    else if (action.toLowerCase() === 'pass')
      gathering.leave(name, 'allowed', place, 'its rule lets it pass');
    else if (OF_A_TEST.test(message ?? '')) gathering.leave(name, 'benign', place, 'its rule is a test');
    else gathering.typed(name.replace(/^\./, ''), place, {}, isBelow(name, content) ? 'below' : 'subtree');
  }
  if (message !== undefined && off === undefined) gathering.text(message, place);
}

/** `dotprefix` puts a dot before the question too, so that `.evil.com` is met by evil.com itself. */
const isBelow = (name: string, { hasDotPrefix }: Content): boolean => name.startsWith('.') && !hasDotPrefix;

function contentsOf(body: string): Content[] {
  const contents: Content[] = [];
  let buffer = '';
  let hasDotPrefix = false;
  for (const option of optionsOf(body)) {
    const colon = option.indexOf(':');
    const word = (colon < 0 ? option : option.slice(0, colon)).trim().toLowerCase();
    const last = contents.at(-1);
    if (word === 'content' || word === 'uricontent') {
      const written = /^\s*(?:(!)\s*)?"((?:[^"\\]|\\.)*)"/.exec(option.slice(colon + 1));
      if (written === null) continue;
      contents.push({
        bytes: bytesOf(written[2]!),
        isNegated: written[1] === '!',
        buffer: word === 'uricontent' ? 'http_uri' : buffer,
        isEnd: false,
        hasDotPrefix,
      });
    } else if (word === 'endswith' || word === 'bsize') {
      if (last !== undefined) last.isEnd = true;
    } else if (word === 'dotprefix') hasDotPrefix = true;
    else if (NAME_BUFFERS.test(word) && word.startsWith('http_') && last !== undefined && last.buffer === '')
      last.buffer = word;
    else if (OTHER_MODIFIERS.test(word)) {
      if (last !== undefined && last.buffer === '') last.buffer = word;
    } else if (BUFFERS.test(word)) [buffer, hasDotPrefix] = [word, false];
  }
  return contents;
}

function* optionsOf(body: string): Generator<string> {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < body.length; at += 1) {
    const character = body[at];
    if (character === '\\') at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ';' && !isQuoted) {
      yield body.slice(start, at).trim();
      start = at + 1;
    }
  }
}

/** `|0b|evilfour|03|com|00|` as the octets it stands for, one character each. */
function bytesOf(written: string): string {
  return written
    .replaceAll(/\|([0-9a-f\s]*)\|/gi, (_, hex: string) =>
      Buffer.from(hex.replaceAll(/\s/g, ''), 'hex').toString('latin1'),
    )
    .replaceAll(/\\([\s\S])/g, '$1');
}

const HOST = /^\.?(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,23}\.?$/i;

/** Octets of a TLS handshake, of a certificate's common name, or the head of an HTTP or DNS question. */
const speaksOfNames = (bytes: string): boolean =>
  bytes.startsWith('\x16\x03') ||
  bytes.includes('U\x04\x03') ||
  /^(\r\n)?Host: ?$|^(Origin|Referer): https?:\/\/$/i.test(bytes);

/** @param isWireRule the rule's other contents say that a name is what it looks for */
function nameIn({ bytes, buffer }: Content, isWireRule: boolean): string | null {
  if (
    isWireRule &&
    (buffer === '' || buffer.startsWith('tls') || buffer.endsWith('header')) &&
    HOST.test(bytes)
  )
    return bytes.replace(/\.$/, '');
  if (NAME_BUFFERS.test(buffer)) return HOST.test(bytes) ? bytes.replace(/\.$/, '') : null;
  if (buffer === 'http_header' || buffer === 'http.header' || buffer === '') {
    const host = /^(?:\r\n)?(?:Host:\s*|(?:Origin|Referer):\s*https?:\/\/)([^\s/\r\n]{3,253})/i.exec(
      bytes,
    )?.[1];
    if (host !== undefined && HOST.test(host)) return refangHost(host);
  }
  return buffer === '' || buffer.startsWith('dns') ? wireName(bytes) : null;
}

/** Labels with their lengths in front, as in a DNS message. */
function wireName(bytes: string): string | null {
  const labels: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.charCodeAt(at);
    if (length === 0) break;
    if (length > 63 || at + length >= bytes.length + 1) return null;
    labels.push(bytes.slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
  const name = labels.join('.');
  return labels.length > 1 && HOST.test(name) ? name : null;
}
