// Lists of names, one a line: a bare name covers itself, `*.name` and `.name` cover the name and all below.
import { EXACT, type Format, type Parser, type Sink, SUBTREE } from '../format.ts';
import { HostAddresses, isComment, readHostsLine, restIsComment, tokenEnd } from './hosts.ts';
import { isJsonNames, JsonNames } from './json-names.ts';
import { LineParser, type OnLine } from './lines.ts';
import { wrappedName } from './wrapped-name.ts';

const DOT = 0x2e;
const STAR = 0x2a;
const SLASH = 0x2f;
const COLON = 0x3a;
const PIPE = 0x7c;
const CARET = 0x5e;
const HYPHEN = 0x2d;

const decoder = new TextDecoder();

/** Reads `name`, `*.name` or `.name`, `end` being the end of the word. */
export function readDomain(sink: Sink, bytes: Uint8Array, start: number, end: number, line: number): void {
  const first = bytes[start]!;
  if (first === STAR && bytes[start + 1] === DOT) sink.host(bytes, start + 2, end, SUBTREE, line);
  else if (first === DOT && end > start + 1) sink.host(bytes, start + 1, end, SUBTREE, line);
  else if (first === PIPE && bytes[start + 1] === PIPE && bytes[end - 1] === CARET && end > start + 3)
    // A rule of Adblock's among names can mean one thing only.
    sink.host(bytes, start + 2, end - 1, SUBTREE, line);
  else if (first === STAR && end === start + 1) sink.skip('root', line, bytes, start, end);
  else sink.host(bytes, start, end, EXACT, line);
}

/** Octets that make a word more than a name, a wildcard or an address. */
const ODD = new Uint8Array(256);
for (const character of `/:,;+='"-`) ODD[character.charCodeAt(0)] = 1;

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
  const onLine: OnLine = (bytes, start, end, line) => {
    if (isComment(bytes, start)) return;
    const stop = tokenEnd(bytes, start, end);
    const isOneWord = stop === end || restIsComment(bytes, stop, end);
    if (isOneWord && !isOdd(bytes, start, stop)) readDomain(sink, bytes, start, stop, line);
    else if (readWrapped(bytes, start, end, line)) return;
    else if (isOneWord && isUrl(bytes, start, stop)) sink.skip('url', line, bytes, start, stop);
    else if (isOneWord) readDomain(sink, bytes, start, stop, line);
    else if (!readHostsLine(addresses, sink, bytes, start, end, line))
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

function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  return end > start;
}

export const domains: Format = { name: 'domains', open: openDomains };
export const wildcard: Format = { name: 'wildcard', open: openDomains };
