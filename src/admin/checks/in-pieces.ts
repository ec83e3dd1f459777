// The JSON of a long answer, written some entries at a time: between two pieces this thread serves others.
import type { FastifyReply } from 'fastify';
import { mapInTurns } from '../../offload/in-turns.ts';
import type { Schema } from '../shapes.ts';

/** Some milliseconds of a thread at most. */
const ENTRIES = 100;

type Members = Readonly<Record<string, unknown>>;

/** What to send in place of a body: its text where a list in it is long, else the body, which fastify writes at once. */
export async function inPieces(body: unknown, schema: Schema | null, reply: FastifyReply): Promise<unknown> {
  const members = Object.entries((schema?.['properties'] ?? {}) as Readonly<Record<string, Schema>>);
  const values = (body ?? {}) as Members;
  if (!members.some(([key]) => isLong(values[key]))) return body;
  const texts: string[] = [];
  for (const [key, of] of members) {
    const value = values[key];
    if (value === undefined) continue;
    const text = isLong(value) ? await listText(value, of, reply) : textOf(value, of, reply);
    texts.push(`${JSON.stringify(key)}:${text}`);
  }
  reply.serializer(String);
  return `{${texts.join()}}`;
}

async function listText(all: readonly unknown[], schema: Schema, reply: FastifyReply): Promise<string> {
  const starts = Array.from({ length: Math.ceil(all.length / ENTRIES) }, (_, i) => i * ENTRIES);
  const texts = await mapInTurns(starts, (at) =>
    textOf(all.slice(at, at + ENTRIES), schema, reply).slice(1, -1),
  );
  return `[${texts.join()}]`;
}

/** As fastify writes answers: what the schema does not name is left out, and it is compiled once. */
const textOf = (value: unknown, schema: Schema, reply: FastifyReply): string =>
  String(reply.serializeInput(value as Record<string, unknown>, schema as Record<string, unknown>));

const isLong = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length > ENTRIES;
