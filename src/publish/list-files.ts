// Lists that are fetched over HTTP, as files in each format, plain and packed: made when rules change, not when somebody asks.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { z } from 'zod';
import { messageOf } from '../config/coded-error.ts';
import { keepWhole } from '../config/disk/whole-file.ts';
import type { ServedFormat, ServedListConfig } from '../config/meant/serve.ts';
import type { ZoneContent } from '../zone/outgoing/content.ts';
import { firstSerial, isNewer, nextSerial } from '../zone/outgoing/serial.ts';
import { render } from './formats.ts';
import type { ServedFile, ServedListState } from './messages.ts';

const pack = promisify(gzip);

/** What is kept beside the files, so that a restart does not make them new for those who have them. */
const keptSchema = z.object({
  serial: z.number().int().nonnegative(),
  digest: z.string(),
  body: z.string(),
  packedOctets: z.number().int().nonnegative(),
  octets: z.number().int().nonnegative(),
  changedMs: z.number(),
  lines: z.number().int().nonnegative(),
  leftOut: z.number().int().nonnegative(),
});
type Kept = z.output<typeof keptSchema>;

/** Writes what changed. @param now wall clock, ms */
export async function writeList(
  dir: string,
  { name, formats }: ServedListConfig,
  content: ZoneContent,
  now: () => number,
): Promise<ServedListState> {
  const files: ServedFile[] = [];
  try {
    for (const format of formats)
      files.push(await writeFormat(join(dir, `${name}.${format}`), format, content, now));
    return { name, formats: files, error: null };
  } catch (error) {
    return { name, formats: files, error: messageOf(error) };
  }
}

async function writeFormat(
  path: string,
  format: ServedFormat,
  content: ZoneContent,
  now: () => number,
): Promise<ServedFile> {
  const kept = await keptOf(`${path}.json`);
  const fresh = firstSerial(now());
  const serial = kept === null || isNewer(fresh, kept.serial) ? fresh : nextSerial(kept.serial);
  const pieces: Buffer[] = [];
  // Of the rules alone: the serial of a policy zone is of no matter here.
  const body = createHash('sha256');
  const whole = createHash('sha256');
  const text = render(format, content, serial);
  let result = text.next();
  for (let isHead = true; !result.done; result = text.next(), isHead = false) {
    const piece = Buffer.from(result.value);
    pieces.push(piece);
    whole.update(piece);
    body.update(isHead && format === 'rpz' ? piece.subarray(piece.indexOf('@ NS')) : piece);
    await turn();
  }
  const sum = body.digest('hex');
  if (kept?.body === sum && (await isThere(path, kept))) return fileOf(path, format, kept);
  const octets = Buffer.concat(pieces);
  const packed = await pack(octets, { level: constants.Z_BEST_SPEED });
  const now1: Kept = {
    serial,
    digest: whole.digest('hex'),
    body: sum,
    octets: octets.length,
    packedOctets: packed.length,
    changedMs: now(),
    ...result.value,
  };
  await keepWhole(path, [octets]);
  await keepWhole(`${path}.gz`, [packed]);
  await keepWhole(`${path}.json`, [Buffer.from(JSON.stringify(now1))]);
  return fileOf(path, format, now1);
}

function fileOf(path: string, format: ServedFormat, kept: Kept): ServedFile {
  const { digest, octets, packedOctets, changedMs, lines, leftOut } = kept;
  return { format, path, digest, octets, packedOctets, changedMs, lines, leftOut };
}

async function keptOf(path: string): Promise<Kept | null> {
  try {
    return keptSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Whether both files are what is remembered of them. */
async function isThere(path: string, { digest }: Kept): Promise<boolean> {
  const [text, packed] = await Promise.all([
    readFile(path).catch(() => null),
    readFile(`${path}.gz`).catch(() => null),
  ]);
  return text !== null && packed !== null && createHash('sha256').update(text).digest('hex') === digest;
}
