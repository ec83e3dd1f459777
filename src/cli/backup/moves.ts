// Files and folders that are put in place together. What is to be moved is written down before anything is: a command that was killed in
// between, or a machine without power, is gone on with.
import { lstatSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { syncPath, writeWhole } from '../../config/disk/whole-file.ts';

const moveSchema = z.object({
  /** On the same file system as `to`; null where `to` only goes aside. */
  from: z.string().nullable(),
  to: z.string(),
  /** Where what is at `to` goes; null where nothing is there. */
  aside: z.string().nullable(),
});
export type Move = z.infer<typeof moveSchema>;

const planSchema = z.object({
  moves: z.array(moveSchema),
  /** Folders that are of no use afterwards. */
  staging: z.array(z.string()),
});
export type Plan = z.infer<typeof planSchema>;

/**
 * All of them, or none.
 * @param file where they are written down meanwhile
 * @throws as node:fs does; then all is as it was, or, where `file` is still there, `goOn` goes on
 */
export function moveAll(file: string, plan: Plan, rename: typeof renameSync = renameSync): void {
  writeWhole(file, `${JSON.stringify(plan, null, 2)}\n`);
  const done: [from: string, to: string][] = [];
  const moved = (from: string, to: string): void => {
    rename(from, to);
    done.push([from, to]);
  };
  try {
    for (const { from, to, aside } of plan.moves) {
      if (aside !== null) moved(to, aside);
      if (from !== null) moved(from, to);
    }
  } catch (error) {
    for (const [from, to] of done.reverse()) renameSync(to, from);
    rmSync(file, { force: true });
    throw error;
  }
  finish(file, plan);
}

/**
 * Goes on with moves that were written down and not finished; what is done already stays so.
 * @returns them @throws Error when what is to be moved is gone: nobody may believe that it is in its place
 */
export function goOn(file: string): readonly Move[] {
  const plan = planSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  for (const { from, to, aside } of plan.moves) {
    if (from !== null && !isThere(from)) {
      if (isThere(to) && (aside === null || isThere(aside))) continue;
      throw new Error(`${from} is gone, and ${to} is not what it was`);
    }
    if (aside !== null && isThere(to) && !isThere(aside)) renameSync(to, aside);
    if (from !== null) renameSync(from, to);
  }
  finish(file, plan);
  return plan.moves;
}

function finish(file: string, { moves, staging }: Plan): void {
  for (const { to } of moves) syncPath(dirname(to));
  rmSync(file, { force: true });
  try {
    for (const folder of staging) rmSync(folder, { recursive: true, force: true });
  } catch {
    // All is in its place; the next command tries again.
  }
}

/** Also a link that leads nowhere. */
export const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
