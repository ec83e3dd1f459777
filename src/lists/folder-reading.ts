// The files of a folder, each read by itself: one that is no list costs its own names and no other's.
import { basename } from 'node:path';
import { messageOf } from '../config/coded-error.ts';
import type { ListBody } from './body.ts';
import { Cancels, NothingMoreToLearn } from './entry/cancels.ts';
import { type EntrySettings, EntrySink, type EntryTarget } from './entry/entry.ts';
import { leftOutOf, type SkipReport, unreadableFile } from './entry/problems.ts';
import type { Detected } from './formats/detect/detect-lines.ts';
import { judge } from './guard.ts';
import { readBody } from './parts.ts';
import type { Chunks, ReadOptions } from './read-list.ts';

export interface FolderReading {
  /** Of its files, where all are of one. */
  readonly detected: Detected | null;
  /** Files that were left out. */
  readonly skipped: readonly SkipReport[];
}

/** Bodies that are read one by one. */
export function partsOf(body: ListBody): readonly ListBody[] {
  return body.kind === 'folder' ? body.paths.map((path) => ({ kind: 'file', path })) : [body];
}

/** Takes nothing: what a file is worth is known before the first of its names counts. */
const trialOf = (): EntryTarget => ({
  add: () => null,
  addNetwork: () => null,
  addPattern: () => null,
  // Of this file alone: what others void is seen when it counts.
  cancels: new Cancels(),
});

/** Reads each file into `sink`, those left out that could not be a list by themselves. @throws NothingMoreToLearn alone */
export async function readFolder(
  paths: readonly string[],
  sink: EntrySink,
  settings: EntrySettings,
  options: ReadOptions & { readonly open?: (body: ListBody) => Chunks },
): Promise<FolderReading> {
  const formats = new Map<string, Detected>();
  const skipped: SkipReport[] = [];
  for (const path of paths) {
    const body = { kind: 'file', path } as const;
    try {
      const trial = new EntrySink(trialOf(), settings);
      const detected = await readBody(body, trial, { ...options, onOctets: () => undefined });
      const problem = judgeFile(trial);
      if (problem !== null) throw problem;
      await readBody(body, sink, options);
      formats.set(detected.format, detected);
    } catch (error) {
      if (error instanceof NothingMoreToLearn) throw error;
      skipped.push(unreadableFile(basename(path), messageOf(error)));
    }
  }
  const [only] = formats.values();
  return { detected: formats.size === 1 ? (only ?? null) : null, skipped };
}

function judgeFile({ entries, cancelling, problems }: EntrySink): Error | null {
  return judge({
    entries: entries + cancelling,
    invalid: problems.invalid(),
    skipped: leftOutOf(problems.report()),
    ...{ previousEntries: null, maxShrink: 1, isOwn: true, mayBeEmpty: true },
  });
}
