// Lists of names: hosts files, and names one a line. A bare name covers itself, `*.name` and `.name` the name and all below; a rule
// of Adblock's among them is that rule.
import { EXACT, type Format, type Parser, type Sink, SUBTREE } from '../format.ts';
import { AdblockRules, isAdblockRule } from './adblock.ts';
import { HostAddresses, isComment, readHostsLine, readNamesLine, restIsComment, tokenEnd } from './hosts.ts';
import { isJsonNames, JsonNames } from './json-names.ts';
import { isNumber, LineParser, type OnLine } from './lines.ts';
import { wrappedName } from './wrapped-name.ts';

const DOT = 0x2e;
const STAR = 0x2a;
const SLASH = 0x2f;
const HASH = 0x23;
const COLON = 0x3a;
const HYPHEN = 0x2d;

const decoder = new TextDecoder();

/** Reads `name`, `*.name` or `.name`, `end` being the end of the word. */
export function readDomain(sink: Sink, bytes: Uint8Array, start: number, end: number, line: number): void {
  const first = bytes[start]!;
  if (first === STAR && bytes[start + 1] === DOT) sink.host(bytes, start + 2, end, SUBTREE, line);
  else if (first === DOT && end > start + 1) sink.host(bytes, start + 1, end, SUBTREE, line);
  else if (first === STAR && end === start + 1) sink.skip('root', line, bytes, start, end);
  else sink.host(bytes, start, end, EXACT, line);
}

/** Octets that make a word more than a name, a wildcard or an address. */
const ODD = new Uint8Array(256);
for (const character of `/:,;+='"-|^$@#`) ODD[character.charCodeAt(0)] = 1;

function isOdd(bytes: Uint8Array, start: number, end: number): boolean {
  // A hyphen is odd where a word begins with it alone.
  for (let i = start; i < end; i += 1)
    if (ODD[bytes[i]!] === 1 && (bytes[i] !== HYPHEN || i === start)) return true;
  return false;
}

function openDomains(sink: Sink): Parser {
  const addresses = new HostAddresses();
  const readWrapped = (bytes: Uint8Array, start: number, end: number, line: number): boolean => {
    const wrapped = wrappedName(decoder.decode(bytes.subarray(start, end)));
    if (wrapped !== null) sink.hostText(wrapped.host, wrapped.shape, line);
    return wrapped !== null;
  };
  const onRule = ruleReader(sink);
  const onLine: OnLine = (bytes, start, end, line) => {
    if (isComment(bytes, start)) return;
    const stop = tokenEnd(bytes, start, end);
    const isOneWord = stop === end || restIsComment(bytes, stop, end);
    // `name##…` hides something on the pages of a site and blocks none; `name#note` is a name with a note.
    const isPlain = !isOdd(bytes, start, stop) && !(bytes[stop] === HASH && bytes[stop + 1] === HASH);
    if (isOneWord && isPlain) readDomain(sink, bytes, start, stop, line);
    else if (readWrapped(bytes, start, end, line)) return;
    else if (onRule(bytes, start, end, line)) return;
    else if (isOneWord && isUrl(bytes, start, stop)) sink.skip('url', line, bytes, start, stop);
    else if (isOneWord) readDomain(sink, bytes, start, stop, line);
    else if (
      !readHostsLine(addresses, sink, bytes, start, end, line) &&
      !readNamesLine(addresses, sink, bytes, start, end, line)
    )
      sink.skip('bad-syntax', line, bytes, start, end);
  };
  const lines = new LineParser({
    onLine,
    onLong: (bytes, start, end, line) => sink.skip('line-too-long', line, bytes, start, end),
  });
  let parser: Parser | null = null;
  return {
    write: (chunk) => {
      parser ??= isJsonNames(chunk) ? new JsonNames(sink) : lines;
      parser.write(chunk);
    },
    end: () => (parser ?? lines).end(),
  };
}

/** `http://…`, `https://…`, `/path`, `name:443`, `name/path`: a list of URLs is not a list of names. */
function isUrl(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start, colon = -1; i < end; i += 1) {
    if (bytes[i] === SLASH) return !(end - i <= 4 && isNumber(bytes, i + 1, end));
    if (bytes[i] !== COLON) continue;
    if (colon < 0 && isNumber(bytes, i + 1, end)) return true;
    colon = i;
  }
  return false;
}

/** Reads a line that is a rule of Adblock's; false when it is none. `/word/` is none here: it is a path, too. */
function ruleReader(sink: Sink): (...line: Parameters<OnLine>) => boolean {
  let rules: AdblockRules | null = null;
  return (bytes, start, end, line) => {
    const text = decoder.decode(bytes.subarray(start, end));
    if (!isAdblockRule(text)) return false;
    rules ??= new AdblockRules(sink);
    rules.read(text, line);
    return true;
  };
}

export const hosts: Format = {
  name: 'hosts',
  open(sink) {
    const addresses = new HostAddresses();
    const onRule = ruleReader(sink);
    const onLine: OnLine = (bytes, start, end, line) => {
      if (isComment(bytes, start)) return;
      if (readHostsLine(addresses, sink, bytes, start, end, line)) return;
      // A name alone: many lists called "hosts" are.
      const stop = tokenEnd(bytes, start, end);
      const isPlain = stop === end && !isOdd(bytes, start, end);
      if (!isPlain && onRule(bytes, start, end, line)) return;
      if (restIsComment(bytes, stop, end)) sink.host(bytes, start, stop, EXACT, line);
      else if (!readNamesLine(addresses, sink, bytes, start, end, line))
        sink.skip('bad-syntax', line, bytes, start, end);
    };
    return new LineParser({
      onLine,
      onLong: (bytes, start, end, line) => sink.skip('line-too-long', line, bytes, start, end),
    });
  },
};
export const domains: Format = { name: 'domains', open: openDomains };
export const wildcard: Format = { name: 'wildcard', open: openDomains };
