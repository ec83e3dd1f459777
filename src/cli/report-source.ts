// The octets of a report, from a file, a URL or standard input, within bounds.

import { readFile, stat } from 'node:fs/promises';
import { messageOf } from '../config/coded-error.ts';
import { shownUrl } from '../config/values/shown-url.ts';
import { GIVEN_OCTETS_MAX } from '../report/report.ts';
import { CliError, EXIT } from './cli-error.ts';

export interface ReportSource {
  readonly bytes: Uint8Array;
  /** For the provenance; null for standard input. */
  readonly name: string | null;
}

/** @param what it is, for people @throws CliError when it cannot be had */
export async function readReport(source: string, what = 'report'): Promise<ReportSource> {
  if (source === '-') return { bytes: await readInput(what), name: null };
  if (/^https?:\/\//i.test(source)) {
    // A file needs none of what fetches.
    const { fetchReport } = await import('../daemon/editing/fetch-report.ts');
    return { bytes: await fetchReport(source, []), name: shownUrl(source) };
  }
  try {
    const { size } = await stat(source);
    if (size > GIVEN_OCTETS_MAX) throw tooBig(source, what);
    return { bytes: await readFile(source), name: source };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('CLI_REPORT', EXIT.failed, `the ${what} cannot be read: ${whyNot(error)} (${source})`);
  }
}

async function readInput(what: string): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let octets = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    octets += part.length;
    if (octets > GIVEN_OCTETS_MAX) throw tooBig('standard input', what);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function tooBig(where: string, what: string): CliError {
  return new CliError(
    'CLI_REPORT',
    EXIT.failed,
    `the ${what} is larger than ${GIVEN_OCTETS_MAX / 1024 / 1024} MiB (${where})`,
  );
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'this user may not read it';
  if (code === 'EISDIR') return 'it is a folder';
  return messageOf(error);
}
