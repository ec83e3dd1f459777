// `npm run witness -- mutations`: takes mends out of cenote, one at a time, and says of each whether the witness notices.
//
// Each is one of the faults that were found by driving the product, put back in a copy of the sources. A line that is not there any more
// ends the run: the mend has moved, and so must its entry here.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTATIONS } from './mends.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Offices of 20 days each, until one notices. */
const OFFICES = 16;
const DAYS = 20;

const isNoticedBy = (dir: string, seed: number, office: number): Promise<boolean> =>
  new Promise((resolve) => {
    const words = ['test/witness/main.ts', '--seed', `${seed}`, '--office', `${office}`, '--days', `${DAYS}`];
    spawn(process.execPath, words, { cwd: dir, stdio: 'ignore' }).on('exit', (status) =>
      resolve(status !== 0),
    );
  });

/** @returns the first office that noticed; null: none did */
async function noticedBy(dir: string, seed: number): Promise<number | null> {
  for (let office = 0; office < OFFICES; office += 1) if (await isNoticedBy(dir, seed, office)) return office;
  return null;
}

function copyOf(sources: string): string {
  const dir = mkdtempSync(join(sources, 'copy-'));
  for (const name of ['src', 'test', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(dir, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  return dir;
}

/** @param from leaves out so many of the first @returns whether the witness noticed the loss of each */
export async function tryMutations(seed: number, from: number, jobs: number): Promise<boolean> {
  const all = mkdtempSync(join(tmpdir(), 'cenote-mutations-'));
  let isWhole = true;
  const left = MUTATIONS.slice(from)[Symbol.iterator]();
  const trySome = async (): Promise<void> => {
    const dir = copyOf(all);
    for (const { what, file, from: mended, to } of left) {
      const path = join(dir, file);
      const text = readFileSync(path, 'utf8');
      if (!text.includes(mended)) throw new Error(`${file} does not say any more: ${mended}`);
      writeFileSync(
        path,
        text.replace(mended, () => to),
      );
      const noticed = await noticedBy(dir, seed);
      writeFileSync(path, text);
      console.log(`${noticed === null ? 'NOT noticed' : `noticed by office ${noticed}`}: ${what}`);
      isWhole &&= noticed !== null;
    }
  };
  try {
    const sound = await noticedBy(copyOf(all), seed);
    if (sound !== null) throw new Error(`office ${sound} of seed ${seed} has stories without any mutation`);
    await Promise.all(Array.from({ length: jobs }, trySome));
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
  return isWhole;
}
