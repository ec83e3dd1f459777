// Messages for tests of the wire path, built octet by octet from presentation form, apart from src/wire/compose.ts.
import { Query } from '../../src/wire/message/query.ts';

/** Wire form of a plain dotted name; "" is the root. */
export function wireName(text: string): number[] {
  const labels = text === '' ? [] : text.split('.');
  return [...labels.flatMap((label) => [label.length, ...Buffer.from(label, 'latin1')]), 0];
}

const u16 = (value: number): number[] => [value >>> 8, value & 0xff];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

export interface RecordParts {
  readonly name: string;
  readonly type: number;
  readonly class?: number;
  readonly ttl?: number;
  readonly rdata: readonly number[];
}

export function wireRecord(record: RecordParts): number[] {
  return [
    ...wireName(record.name),
    ...u16(record.type),
    ...u16(record.class ?? 1),
    ...u32(record.ttl ?? 300),
    ...u16(record.rdata.length),
    ...record.rdata,
  ];
}

/** An OPT record; `options` is its RDATA. */
export function wireOpt(
  options: readonly number[] = [],
  { size = 1232, version = 0, dnssecOk = false } = {},
): number[] {
  return [
    0,
    ...u16(41),
    ...u16(size),
    0,
    version,
    dnssecOk ? 0x80 : 0,
    0,
    ...u16(options.length),
    ...options,
  ];
}

export function wireOption(code: number, data: readonly number[]): number[] {
  return [...u16(code), ...u16(data.length), ...data];
}

export interface MessageParts {
  readonly id?: number;
  readonly flags?: number;
  readonly name?: string;
  readonly type?: number;
  readonly class?: number;
  readonly answers?: readonly RecordParts[];
  readonly authority?: readonly RecordParts[];
  /** Records already in wire form, OPT among them. */
  readonly additional?: readonly (readonly number[])[];
  readonly tail?: readonly number[];
}

export function wireMessage(parts: MessageParts): Uint8Array {
  const { answers = [], authority = [], additional = [] } = parts;
  return Uint8Array.from([
    ...u16(parts.id ?? 0x1234),
    ...u16(parts.flags ?? 0x0100),
    ...u16(1),
    ...u16(answers.length),
    ...u16(authority.length),
    ...u16(additional.length),
    ...wireName(parts.name ?? 'example.org'),
    ...u16(parts.type ?? 1),
    ...u16(parts.class ?? 1),
    ...answers.flatMap(wireRecord),
    ...authority.flatMap(wireRecord),
    ...additional.flat(),
    ...(parts.tail ?? []),
  ]);
}

/** A Query that holds the message, as a listener would hand it over. */
export function queryOf(message: Uint8Array, replyOctets = 4096): Query {
  const query = new Query(message, new Uint8Array(replyOctets));
  query.messageLength = message.length;
  query.address.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7]);
  query.port = 4242;
  return query;
}

export const replyOf = (query: Query): Uint8Array => query.reply.slice(0, query.replyLength);
