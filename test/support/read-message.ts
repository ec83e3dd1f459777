// Reads DNS messages for tests, by its own code: every section as plain objects, or null when the octets are no message.
import { CLASSES, TYPES } from './message.ts';

export interface ReadRecord {
  readonly name: string;
  readonly type: string;
  readonly class: string;
  readonly ttl: number;
  /** Addresses and names as text, everything else as hex. */
  readonly data: string;
  readonly ttlOffset: number;
}

export interface ReadMessage {
  readonly id: number;
  readonly flags: number;
  readonly qr: boolean;
  readonly opcode: number;
  readonly aa: boolean;
  readonly tc: boolean;
  readonly rd: boolean;
  readonly ra: boolean;
  readonly ad: boolean;
  readonly cd: boolean;
  /** With the eight bits of an OPT. */
  readonly rcode: number;
  readonly question: { readonly name: string; readonly type: string; readonly class: string } | null;
  readonly answer: readonly ReadRecord[];
  readonly authority: readonly ReadRecord[];
  /** Without the OPT. */
  readonly additional: readonly ReadRecord[];
  readonly edns: {
    readonly size: number;
    readonly version: number;
    readonly dnssecOk: boolean;
    readonly flags: number;
    readonly options: readonly { readonly code: number; readonly data: Uint8Array }[];
  } | null;
  /** Octets after the last record. */
  readonly trailing: number;
}

const nameOf = (table: Readonly<Record<string, number>>, number: number, prefix: string): string =>
  Object.keys(table).find((key) => table[key] === number) ?? `${prefix}${number}`;

/** @returns null when the octets are not one whole message */
export function readMessage(bytes: Uint8Array): ReadMessage | null {
  try {
    return read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function read(bytes: Buffer): ReadMessage {
  const flags = bytes.readUInt16BE(2);
  const counts = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  let at = 12;
  let question: ReadMessage['question'] = null;
  for (let i = 0; i < (counts[0] ?? 0); i += 1) {
    const name = readName(bytes, at);
    question = {
      name: name.text,
      type: nameOf(TYPES, bytes.readUInt16BE(name.end), 'TYPE'),
      class: nameOf(CLASSES, bytes.readUInt16BE(name.end + 2), 'CLASS'),
    };
    at = name.end + 4;
  }
  let edns: ReadMessage['edns'] = null;
  let extended = 0;
  const sections = counts.slice(1).map((count) => {
    const records: ReadRecord[] = [];
    for (let i = 0; i < count; i += 1) {
      const { record, end, rdata } = readRecord(bytes, at);
      at = end;
      if (record.type !== 'OPT') records.push(record);
      else {
        const fixed = record.ttlOffset;
        extended = bytes[fixed] ?? 0;
        edns = {
          size: bytes.readUInt16BE(fixed - 2),
          version: bytes[fixed + 1] ?? 0,
          dnssecOk: (bytes.readUInt16BE(fixed + 2) & 0x8000) !== 0,
          flags: bytes.readUInt16BE(fixed + 2) & 0x7fff,
          options: readOptions(rdata),
        };
      }
    }
    return records;
  });
  return {
    id: bytes.readUInt16BE(0),
    flags,
    qr: (flags & 0x8000) !== 0,
    opcode: (flags >>> 11) & 15,
    aa: (flags & 0x0400) !== 0,
    tc: (flags & 0x0200) !== 0,
    rd: (flags & 0x0100) !== 0,
    ra: (flags & 0x0080) !== 0,
    ad: (flags & 0x0020) !== 0,
    cd: (flags & 0x0010) !== 0,
    rcode: (flags & 15) | (extended << 4),
    question,
    answer: sections[0] ?? [],
    authority: sections[1] ?? [],
    additional: sections[2] ?? [],
    edns,
    trailing: bytes.length - at,
  };
}

function readRecord(bytes: Buffer, offset: number): { record: ReadRecord; end: number; rdata: Buffer } {
  const owner = readName(bytes, offset);
  const type = nameOf(TYPES, bytes.readUInt16BE(owner.end), 'TYPE');
  const start = owner.end + 10;
  const end = start + bytes.readUInt16BE(owner.end + 8);
  if (end > bytes.length) throw new RangeError('RDATA past the end');
  const record = {
    name: owner.text,
    type,
    class: nameOf(CLASSES, bytes.readUInt16BE(owner.end + 2), 'CLASS'),
    ttl: bytes.readUInt32BE(owner.end + 4),
    data: dataText(bytes, type, start, end),
    ttlOffset: owner.end + 4,
  };
  return { record, end, rdata: bytes.subarray(start, end) };
}

function dataText(bytes: Buffer, type: string, start: number, end: number): string {
  const rdata = bytes.subarray(start, end);
  if (type === 'A' && rdata.length === 4) return [...rdata].join('.');
  if (type === 'AAAA' && rdata.length === 16) return (rdata.toString('hex').match(/.{4}/g) ?? []).join(':');
  if (['NS', 'CNAME', 'PTR', 'DNAME'].includes(type)) return readName(bytes, start).text;
  if (type === 'MX') return `${bytes.readUInt16BE(start)} ${readName(bytes, start + 2).text}`;
  return rdata.toString('hex');
}

function readOptions(rdata: Buffer): { code: number; data: Uint8Array }[] {
  const options: { code: number; data: Uint8Array }[] = [];
  for (let at = 0; at < rdata.length; ) {
    const length = rdata.readUInt16BE(at + 2);
    options.push({ code: rdata.readUInt16BE(at), data: rdata.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return options;
}

function readName(bytes: Buffer, offset: number): { text: string; end: number } {
  const labels: string[] = [];
  let at = offset;
  let end = -1;
  for (let jumps = 0; jumps < 64; ) {
    const length = bytes.readUInt8(at);
    if (length >= 0xc0) {
      if (end < 0) end = at + 2;
      at = bytes.readUInt16BE(at) & 0x3fff;
      jumps += 1;
      continue;
    }
    if (length > 63 || at + 1 + length > bytes.length) throw new RangeError('label past the end');
    if (length === 0) return { text: labels.join('.') || '.', end: end < 0 ? at + 1 : end };
    labels.push(
      bytes
        .toString('latin1', at + 1, at + 1 + length)
        .replace(/[^!-~]|[.\\]/g, (c) => `\\${String(c.charCodeAt(0)).padStart(3, '0')}`),
    );
    at += length + 1;
  }
  throw new RangeError('compression loop');
}

/** The octets with ID and every TTL (OPT's apart) set to 0: what transparency is judged by. */
export function withoutIdAndTtls(bytes: Uint8Array): Uint8Array {
  const message = readMessage(bytes);
  if (message === null) throw new Error('not a DNS message');
  const copy = Uint8Array.from(bytes);
  copy.fill(0, 0, 2);
  for (const record of [...message.answer, ...message.authority, ...message.additional])
    copy.fill(0, record.ttlOffset, record.ttlOffset + 4);
  return copy;
}
