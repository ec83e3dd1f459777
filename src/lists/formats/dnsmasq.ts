// dnsmasq configuration as lists use it: address=, local= and server=; every name covers all below it.
import { recordFamily } from '../../wire/names/address.ts';
import { leadsNowhere } from '../entry/nowhere.ts';
import { type Format, type Shape, type Sink, SUBTREE, shape } from '../format.ts';
import { LineParser, type OnLine } from './lines.ts';

const HASH = 0x23;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const DOT = 0x2e;
const ASTERISK = 0x2a;
const NXDOMAIN: Shape = shape('subtree', { action: 'nxdomain' });
/** Of two lines on one name `address=` answers, and the longest name decides. */
const ALLOW: Shape = shape('subtree', { action: 'allow', yields: true });

const decoder = new TextDecoder();

class DnsmasqReader {
  readonly #sink: Sink;
  readonly #answers = new Map<string, Shape | null>();
  readonly #belows = new Map<Shape, Shape>();

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  readonly onLine: OnLine = (bytes, start, end, line) => {
    if (bytes[start] === HASH) return;
    const equals = indexOf(bytes, EQUALS, start, end);
    if (equals < 0) {
      this.#sink.skip('bad-syntax', line, bytes, start, end);
      return;
    }
    const key = keyOf(bytes, start, equals);
    if (key === null) {
      this.#sink.skip('option', line, bytes, start, end);
      return;
    }
    let at = equals + 1;
    while (at < end && bytes[at]! <= 0x20) at += 1;
    if (bytes[at] !== SLASH) {
      // `server=9.9.9.9` names an upstream; `address=` without slashes is nothing.
      return this.#sink.skip(key === 'address' ? 'bad-syntax' : 'forwarding', line, bytes, start, end);
    }
    const last = lastSlash(bytes, at, end);
    if (last === at) return this.#sink.skip('bad-syntax', line, bytes, start, end);
    const value = readValue(bytes, last + 1, end);
    const found = this.#shapeOf(key, value);
    if (found === null)
      return this.#sink.skip(key === 'address' ? 'bad-syntax' : 'forwarding', line, bytes, start, end);
    this.#readNames(bytes, at, last, found, line);
  };

  /** `/name/name/`: `bytes[start]` and `bytes[last]` are slashes. */
  #readNames(bytes: Uint8Array, start: number, last: number, found: Shape, line: number): void {
    for (let from = start + 1; from <= last; ) {
      let to = from;
      while (to < last && bytes[to] !== SLASH) to += 1;
      let covered = found;
      if (bytes[from] === DOT && to > from + 1) from += 1;
      else if (bytes[from] === ASTERISK && bytes[from + 1] === DOT) {
        from += 2;
        covered = this.#below(found);
      }
      // `//` stands for unqualified names, `/#/` for every name.
      if (to === from) this.#sink.skip('single-label', line, bytes, start, last + 1);
      else if (bytes[from] === HASH && to === from + 1) this.#sink.name(new Uint8Array(1), found, line);
      else this.#sink.host(bytes, from, to, covered, line);
      from = to + 1;
      if (from > last) break;
    }
  }

  /** `*.name` is what is below it (dnsmasq 2.86 and later). */
  #below(found: Shape): Shape {
    let below = this.#belows.get(found);
    if (below === undefined) {
      below = { ...found, scope: 'below' };
      this.#belows.set(found, below);
    }
    return below;
  }

  #shapeOf(key: 'address' | 'local' | 'server', value: string): Shape | null {
    if (key === 'address' && value === '#') return SUBTREE;
    const memo = `${key} ${value}`;
    let found = this.#answers.get(memo);
    if (found === undefined) {
      found = key === 'address' ? shapeOfAnswer(value) : shapeOfServer(value);
      if (this.#answers.size < 1024) this.#answers.set(memo, found);
    }
    return found;
  }
}

/** Nothing: NXDOMAIN; `#`: the null address; an address: that is the answer. */
function shapeOfAnswer(value: string): Shape | null {
  if (value === '') return NXDOMAIN;
  if (value === '#') return SUBTREE;
  if (recordFamily(value) === 0) return null;
  if (leadsNowhere(value)) return SUBTREE;
  return shape('subtree', { rewrite: { kind: 'address', addresses: [value.toLowerCase()] } });
}

/** Nothing: answered here only, so NXDOMAIN; `#`: the usual servers after all; an address of nowhere: nobody; another: forwarded, no business of a list. */
function shapeOfServer(value: string): Shape | null {
  if (value === '') return NXDOMAIN;
  // Of old lists: this machine has no answer for it.
  if (leadsNowhere(value)) return SUBTREE;
  return value === '#' ? ALLOW : null;
}

const KEYS = ['address', 'local', 'server'] as const;
const KEY_OCTETS = KEYS.map((key) => new TextEncoder().encode(key));

function keyOf(bytes: Uint8Array, start: number, end: number): (typeof KEYS)[number] | null {
  let from = start;
  let to = end;
  if (bytes[from] === 0x2d && bytes[from + 1] === 0x2d) from += 2;
  while (to > from && bytes[to - 1]! <= 0x20) to -= 1;
  for (let k = 0; k < KEYS.length; k += 1) {
    const octets = KEY_OCTETS[k]!;
    if (octets.length !== to - from) continue;
    let i = 0;
    while (i < octets.length && octets[i] === bytes[from + i]) i += 1;
    if (i === octets.length) return KEYS[k]!;
  }
  return null;
}

function readValue(bytes: Uint8Array, start: number, end: number): string {
  if (start >= end) return '';
  if (end - start === 1 && bytes[start] === HASH) return '#';
  return decoder
    .decode(bytes.subarray(start, end))
    .replace(/(?<!\s)\s+#.*$/, '')
    .trim();
}

function indexOf(bytes: Uint8Array, octet: number, start: number, end: number): number {
  for (let i = start; i < end; i += 1) if (bytes[i] === octet) return i;
  return -1;
}

function lastSlash(bytes: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at > start && bytes[at] !== SLASH) at -= 1;
  return at;
}

export const dnsmasq: Format = {
  name: 'dnsmasq',
  open(sink) {
    return new LineParser({
      onLine: new DnsmasqReader(sink).onLine,
      onLong: (bytes, start, end, line) => sink.skip('line-too-long', line, bytes, start, end),
    });
  },
};
