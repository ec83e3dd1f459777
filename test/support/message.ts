// DNS messages from presentation form, written without any of src/wire so that it can serve as a check on it.

export const TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  SVCB: 64,
  HTTPS: 65,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
};
export const CLASSES: Readonly<Record<string, number>> = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 };
export const RCODES: Readonly<Record<string, number>> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};

export interface EdnsParts {
  readonly size?: number;
  readonly version?: number;
  readonly dnssecOk?: boolean;
  /** The other fifteen flag bits. */
  readonly flags?: number;
  readonly options?: readonly { readonly code: number; readonly data: Uint8Array }[];
}

export interface QueryParts {
  readonly id?: number;
  /** All sixteen flag bits; RD alone when left out. */
  readonly flags?: number;
  readonly class?: string | number;
  readonly edns?: EdnsParts;
  /** Octets after the message's end. */
  readonly tail?: Uint8Array;
}

export interface ResponseParts {
  readonly rcode?: string | number;
  /** Bits beside QR, RD (copied) and RA. */
  readonly flags?: number;
  /** Lines as "www.example. 300 IN A 192.0.2.1"; the class may be left out. */
  readonly answer?: readonly string[];
  readonly authority?: readonly string[];
  readonly additional?: readonly string[];
  readonly edns?: EdnsParts;
}

export const concat = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
export const u16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

export const numberOfType = (type: string | number): number =>
  typeof type === 'number' ? type : (TYPES[type.toUpperCase()] ?? Number(type.replace(/^TYPE/i, '')));
export const numberOfClass = (name: string | number): number =>
  typeof name === 'number' ? name : (CLASSES[name.toUpperCase()] ?? Number(name.replace(/^CLASS/i, '')));

/** Wire form of a name in presentation form; knows `\DDD` and `\X`; keeps case. */
export function nameOctets(text: string): Uint8Array {
  const labels: number[][] = [[]];
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i] ?? '';
    if (character === '.') labels.push([]);
    else if (character !== '\\') labels.at(-1)?.push(character.charCodeAt(0));
    else if (/^\d{3}$/.test(text.slice(i + 1, i + 4))) {
      labels.at(-1)?.push(Number(text.slice(i + 1, i + 4)));
      i += 3;
    } else {
      labels.at(-1)?.push(text.charCodeAt(i + 1));
      i += 1;
    }
  }
  const full = labels.filter((label) => label.length > 0);
  return Uint8Array.from([...full.flatMap((label) => [label.length, ...label]), 0]);
}

/** A query for `name` and `type`, with RD unless told otherwise. */
export function query(name: string, type: string | number = 'A', parts: QueryParts = {}): Uint8Array {
  return concat(
    u16(parts.id ?? 0x1234),
    u16(parts.flags ?? 0x0100),
    [0, 1, 0, 0, 0, 0, 0, parts.edns ? 1 : 0],
    nameOctets(name),
    u16(numberOfType(type)),
    u16(numberOfClass(parts.class ?? 'IN')),
    parts.edns ? optOctets(parts.edns) : [],
    parts.tail ?? [],
  );
}

/** An OPT record. */
export function optOctets(edns: EdnsParts): Uint8Array {
  const options = (edns.options ?? []).flatMap(({ code, data }) => [
    ...u16(code),
    ...u16(data.length),
    ...data,
  ]);
  return concat(
    [0],
    u16(41),
    u16(edns.size ?? 1232),
    [0, edns.version ?? 0],
    u16((edns.dnssecOk ? 0x8000 : 0) | (edns.flags ?? 0)),
    u16(options.length),
    options,
  );
}

/** The response to a query: its ID, RD and question, and the records given as text, uncompressed. */
export function response(asked: Uint8Array, parts: ResponseParts = {}): Uint8Array {
  const questionEnd = endOfName(asked, 12) + 4;
  const sections = [parts.answer ?? [], parts.authority ?? [], parts.additional ?? []];
  const rcode = typeof parts.rcode === 'number' ? parts.rcode : (RCODES[parts.rcode ?? 'NOERROR'] ?? 0);
  const flags = 0x8080 | (((asked[2] ?? 0) & 1) << 8) | (parts.flags ?? 0) | rcode;
  return concat(
    asked.subarray(0, 2),
    u16(flags),
    u16(1),
    u16(sections[0]?.length ?? 0),
    u16(sections[1]?.length ?? 0),
    u16((sections[2]?.length ?? 0) + (parts.edns ? 1 : 0)),
    asked.subarray(12, questionEnd),
    ...sections.flat().map(recordOctets),
    parts.edns ? optOctets(parts.edns) : [],
  );
}

function endOfName(message: Uint8Array, offset: number): number {
  let at = offset;
  while ((message[at] ?? 0) !== 0) at += (message[at] ?? 0) + 1;
  return at + 1;
}

/** A record from "owner TTL [class] type rdata"; types without a rule here take `\# length hex` (RFC 3597 §5). */
export function recordOctets(line: string): Uint8Array {
  const words = line.match(/"(?:\\.|[^"])*"|\S+/g) ?? [];
  const [owner = '.', ttl = '0', ...rest] = words;
  const klass = (rest[0] ?? '') in CLASSES ? (rest.shift() ?? 'IN') : 'IN';
  const type = rest.shift() ?? 'A';
  const rdata = rdataOctets(type.toUpperCase(), rest);
  return concat(
    nameOctets(owner),
    u16(numberOfType(type)),
    u16(numberOfClass(klass)),
    u32(Number(ttl)),
    u16(rdata.length),
    rdata,
  );
}

function rdataOctets(type: string, words: readonly string[]): Uint8Array {
  const [first = '', second = '', third = '', fourth = ''] = words;
  if (first === '\\#') return Uint8Array.from(Buffer.from(words.slice(2).join(''), 'hex'));
  switch (type) {
    case 'A':
      return Uint8Array.from(first.split('.').map(Number));
    case 'AAAA':
      return addressOctets6(first);
    case 'NS':
    case 'CNAME':
    case 'PTR':
    case 'DNAME':
      return nameOctets(first);
    case 'MX':
      return concat(u16(Number(first)), nameOctets(second));
    case 'SRV':
      return concat(u16(Number(first)), u16(Number(second)), u16(Number(third)), nameOctets(fourth));
    case 'SOA':
      return concat(
        nameOctets(first),
        nameOctets(second),
        ...words.slice(2).map((word) => u32(Number(word))),
      );
    case 'TXT':
      return concat(...words.map((word) => characterString(word.replace(/^"|"$/g, ''))));
    case 'HTTPS':
    case 'SVCB':
      // Without parameters: those are written as `\# …` where a test needs them.
      return concat(u16(Number(first)), nameOctets(second));
    default:
      throw new Error(`no rule for the RDATA of ${type}: write it as \\# length hex`);
  }
}

const characterString = (text: string): Uint8Array =>
  concat([Buffer.byteLength(text, 'latin1')], Buffer.from(text, 'latin1'));

function addressOctets6(text: string): Uint8Array {
  const [head = '', tail = ''] = text.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail)];
  const zeros = text.includes('::') ? new Array<number>(8 - before.length - after.length).fill(0) : [];
  return Uint8Array.from([...before, ...zeros, ...after].flatMap(u16));
}
