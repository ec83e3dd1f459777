// What a backup holds: beside the files a list of them, so that a damaged or foreign archive is told before anything is replaced.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { CliError, EXIT } from '../cli-error.ts';

export const MANIFEST = 'cenote-backup.json';
/** Raised when a later cenote writes what an earlier one could not restore. */
export const BACKUP_VERSION = 1;

const manifestSchema = z.object({
  version: z.number(),
  cenote: z.string(),
  time: z.string(),
  /** The machine's paths when it was made. */
  config: z.string(),
  eventsDir: z.string(),
  /** By path in the archive. */
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string() })),
  /** Files and folders that the configuration names, by their path when it was made: where they are below `config/`. */
  named: z.record(z.string(), z.string()).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/**
 * What an unpacked backup says it holds, held against what is there.
 * @throws CliError that says what is wrong with it
 */
export async function checkedManifest(folder: string, archive: string): Promise<Manifest> {
  const manifest = await readManifest(folder, archive);
  if (manifest.version > BACKUP_VERSION)
    throw bad(
      `the backup was made by cenote ${manifest.cenote}, which is newer; restore it with that (${archive})`,
    );
  for (const [path, { sha256 }] of Object.entries(manifest.files)) {
    const found = await sha256Of(join(folder, path)).catch(() => null);
    if (found !== sha256)
      throw bad(
        `the backup is damaged: ${path} ${found === null ? 'is missing' : 'is not what was saved'}; nothing was restored (${archive})`,
      );
  }
  return manifest;
}

async function readManifest(folder: string, archive: string): Promise<Manifest> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')));
  } catch (error) {
    throw bad(`not a backup of cenote: it has no ${MANIFEST} that can be read (${archive})`, error);
  }
}

export function bad(message: string, cause?: unknown): CliError {
  return new CliError('CLI_BACKUP', EXIT.bad, message, { cause });
}

export function failed(message: string, cause?: unknown): CliError {
  return new CliError('CLI_BACKUP', EXIT.failed, message, { cause });
}
