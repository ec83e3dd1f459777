// The octets of a report, from a file, a URL or standard input, within bounds.

import { randomUUID } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { shownUrl } from '../config/values/shown-url.ts';
import { lookupVia } from '../daemon/machine/lookup.ts';
import { askedOnce, ListError } from '../lists/errors.ts';
import { type HttpOptions, httpSource } from '../lists/sources/http.ts';
import { isFeedManifest, mispFeedSource } from '../lists/sources/misp-feed.ts';
import { CliError, EXIT } from './cli-error.ts';

const OCTETS_MAX = 64 * 1024 * 1024;

export interface ReportSource {
  readonly bytes: Uint8Array;
  /** For the provenance; null for standard input. */
  readonly name: string | null;
}

/** @throws CliError when it cannot be had */
export async function readReport(source: string): Promise<ReportSource> {
  if (source === '-') return { bytes: await readInput(), name: null };
  if (/^https?:\/\//i.test(source)) return { bytes: await download(source), name: shownUrl(source) };
  try {
    const { size } = await stat(source);
    if (size > OCTETS_MAX) throw tooBig(source);
    return { bytes: await readFile(source), name: source };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('CLI_REPORT', EXIT.failed, `the report cannot be read: ${whyNot(error)} (${source})`);
  }
}

async function readInput(): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let octets = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    octets += part.length;
    if (octets > OCTETS_MAX) throw tooBig('standard input');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** By the same rules as lists: bounded time and size, redirects checked. */
async function download(url: string): Promise<Uint8Array> {
  const path = join(tmpdir(), `cenote-report-${randomUUID()}`);
  try {
    const options: HttpOptions = {
      url,
      path,
      lookup: lookupVia([]),
      random: Math.random,
      sleep: (ms, signal) => wait(ms, undefined, { signal }),
      limits: { bodyOctetsMax: OCTETS_MAX, totalTimeoutMs: 60_000 },
    };
    const source = isFeedManifest(url) ? mispFeedSource({ ...options, goodPath: path }) : httpSource(options);
    const fetched = await source.fetch(null, AbortSignal.timeout(120_000));
    if (fetched.kind === 'body' && fetched.body.kind === 'file') return await readFile(fetched.body.path);
    if (fetched.kind === 'body' && fetched.body.kind === 'bytes') return fetched.body.bytes;
    throw new CliError('CLI_REPORT', EXIT.failed, `the report is empty (${shownUrl(url)})`);
  } catch (error) {
    if (error instanceof ListError)
      throw new CliError('CLI_REPORT', EXIT.failed, askedOnce(error.message), { cause: error });
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}

function tooBig(where: string): CliError {
  return new CliError(
    'CLI_REPORT',
    EXIT.failed,
    `the report is larger than ${OCTETS_MAX / 1024 / 1024} MiB (${where})`,
  );
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'this user may not read it';
  if (code === 'EISDIR') return 'it is a folder';
  return error instanceof Error ? error.message : String(error);
}
