// Lists of names, one a line: a bare name covers itself, `*.name` and `.name` cover the name and all below.
import { EXACT, type Format, type Sink, SUBTREE } from '../format.ts';
import { HostAddresses, isComment, readHostsLine, restIsComment, tokenEnd } from './hosts.ts';
import { LineParser, type OnLine } from './lines.ts';

const DOT = 0x2e;
const STAR = 0x2a;

/** Reads `name`, `*.name` or `.name`, `end` being the end of the word. */
export function readDomain(sink: Sink, bytes: Uint8Array, start: number, end: number, line: number): void {
  const first = bytes[start]!;
  if (first === STAR && bytes[start + 1] === DOT) sink.host(bytes, start + 2, end, SUBTREE, line);
  else if (first === DOT && end > start + 1) sink.host(bytes, start + 1, end, SUBTREE, line);
  else if (first === STAR && end === start + 1) sink.skip('root', line, bytes, start, end);
  else sink.host(bytes, start, end, EXACT, line);
}

function openDomains(sink: Sink): LineParser {
  const addresses = new HostAddresses();
  const onLine: OnLine = (bytes, start, end, line) => {
    if (isComment(bytes, start)) return;
    const stop = tokenEnd(bytes, start, end);
    if (stop === end || restIsComment(bytes, stop, end)) {
      if (holdsScheme(bytes, start, stop)) sink.skip('url', line, bytes, start, stop);
      else readDomain(sink, bytes, start, stop, line);
    } else if (!readHostsLine(addresses, sink, bytes, start, end, line))
      sink.skip('bad-syntax', line, bytes, start, end);
  };
  return new LineParser({
    onLine,
    onLong: (bytes, start, end, line) => sink.skip('line-too-long', line, bytes, start, end),
  });
}

/** `http://…`, `https://…`: a list of URLs is not a list of names. */
function holdsScheme(bytes: Uint8Array, start: number, end: number): boolean {
  if ((bytes[start]! | 0x20) !== 0x68 || end - start < 8) return false;
  for (let i = start + 4; i < start + 6; i += 1)
    if (bytes[i] === 0x3a && bytes[i + 1] === 0x2f && bytes[i + 2] === 0x2f) return true;
  return false;
}

export const domains: Format = { name: 'domains', open: openDomains };
export const wildcard: Format = { name: 'wildcard', open: openDomains };
