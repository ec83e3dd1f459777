// A served zone as a file: serial, records and the steps that led to it, so that a restart goes on where it was.
//
// One line of JSON that says what follows, then the octets: nodes, and what each step removed and added.
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { Delta } from './changes.ts';
import type { ServedZone } from './served-zone.ts';

const VERSION = 1;
const NEWLINE = 0x0a;
const number = z.number().int().nonnegative();

const headSchema = z.object({
  version: z.literal(VERSION),
  serial: number,
  ttlSeconds: number,
  changedMs: z.number(),
  names: number,
  sets: z.array(z.array(z.tuple([number, z.string()]))),
  nodes: number,
  deltas: z.array(z.tuple([number, number, number, number])),
  sum: number,
});

/** The pieces of the file, in their order. */
export function zoneFileOf({ serial, ttlSeconds, changedMs, content, deltas }: ServedZone): Uint8Array[] {
  const octets = [content.nodes, ...deltas.flatMap(({ removed, added }) => [removed, added])];
  const head: z.input<typeof headSchema> = {
    version: VERSION,
    serial,
    ttlSeconds,
    changedMs,
    names: content.names,
    sets: content.sets.map(({ records }) =>
      records.map(({ type, rdata }) => [type, Buffer.from(rdata).toString('hex')]),
    ),
    nodes: content.nodes.length,
    deltas: deltas.map(({ from, to, removed, added }) => [from, to, removed.length, added.length]),
    sum: sumOf(octets),
  };
  return [new TextEncoder().encode(`${JSON.stringify(head)}\n`), ...octets];
}

/** @returns null where the file is none, of another version, or damaged */
export function zoneFromFile(file: Uint8Array, apex: Uint8Array): ServedZone | null {
  const end = file.indexOf(NEWLINE);
  const head = end < 0 ? null : readHead(Buffer.from(file.subarray(0, end)).toString());
  if (head === null) return null;
  let at = end + 1;
  const piece = (length: number): Uint8Array => {
    at += length;
    return file.slice(at - length, at);
  };
  const nodes = piece(head.nodes);
  const deltas: Delta[] = head.deltas.map(([from, to, removed, added]) => ({
    from,
    to,
    removed: piece(removed),
    added: piece(added),
  }));
  const octets = [nodes, ...deltas.flatMap(({ removed, added }) => [removed, added])];
  if (at !== file.length || sumOf(octets) !== head.sum) return null;
  const sets = head.sets.map((records) => ({
    records: records.map(([type, hex]) => ({ type, rdata: Uint8Array.from(Buffer.from(hex, 'hex')) })),
  }));
  const { serial, ttlSeconds, changedMs, names } = head;
  return { apex, serial, ttlSeconds, changedMs, content: { nodes, sets, names }, deltas };
}

function readHead(text: string): z.output<typeof headSchema> | null {
  try {
    return headSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function sumOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => crc32(piece, sum), 0);
}
