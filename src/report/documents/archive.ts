// The files of a zip archive, one after another, counted while they are unpacked.
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { messageOf } from '../../config/coded-error.ts';
import { ReportError } from '../report.ts';
import type { Budget } from './budget.ts';
import { zipEntries, zipStream } from './zip.ts';

export interface ArchivedFile {
  readonly name: string;
  readonly octets: number;
  readonly isEncrypted: boolean;
  /** @throws ReportError when it is damaged, or more than may be unpacked */
  readonly read: () => Promise<Uint8Array>;
}

/** @throws ReportError when it is no archive that can be read */
export async function filesOf(bytes: Uint8Array, budget: Budget): Promise<ArchivedFile[]> {
  const zip = await opened(bytes);
  const entries = await zipEntries(zip, () => budget.file()).catch((error: unknown) => {
    throw error instanceof ReportError ? error : damaged(error);
  });
  return entries.map((entry) => ({
    name: entry.fileName,
    octets: entry.uncompressedSize,
    isEncrypted: entry.isEncrypted(),
    read: () => contentOf(zip, entry, budget),
  }));
}

function opened(bytes: Uint8Array): Promise<ZipFile> {
  const { promise, resolve, reject } = Promise.withResolvers<ZipFile>();
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  fromBuffer(buffer, { lazyEntries: true, validateEntrySizes: true }, (error, zip) =>
    error === null ? resolve(zip) : reject(damaged(error)),
  );
  return promise;
}

async function contentOf(zip: ZipFile, entry: Entry, budget: Budget): Promise<Uint8Array> {
  // What the directory says is checked against what comes; a lie is not read to its end.
  if (entry.uncompressedSize > budget.octetsLeft) budget.octets(entry.uncompressedSize);
  const parts: Buffer[] = [];
  try {
    for await (const part of await zipStream(zip, entry)) {
      budget.octets(part.length);
      parts.push(part as Buffer);
    }
  } catch (error) {
    throw error instanceof ReportError ? error : damaged(error);
  }
  return Buffer.concat(parts);
}

function damaged(error: unknown): ReportError {
  const why = messageOf(error);
  return new ReportError('REPORT_NOT_TEXT', `the archive is damaged: ${why.slice(0, 200)}; fetch it again`, {
    cause: error,
  });
}
