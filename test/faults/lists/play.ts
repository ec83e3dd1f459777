// Has a helper compile lists of odd shapes, one after another, and says what each cost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPILE_FLAGS } from '../../../src/daemon/rules/compiler.ts';
import type { CompileRequest } from '../../../src/lists/compile.ts';
import { listConfig } from '../../support/lists-compile.ts';
import { SHAPES, type Shape } from './shapes.ts';

/** What a million lines may cost a helper. */
const SECONDS_MAX = 4;
const MIB_MAX = 300;
const CODE_CACHE = fileURLToPath(new URL('../../../node_modules/.cache/cenote', import.meta.url));
/** Beyond this it is ended. */
const LIMIT_MS = 300_000;

export interface PlayedShape {
  readonly what: string;
  readonly isWithin: boolean;
  /** What the helper printed, and how it ended where not by itself. */
  readonly text: string;
}

/** @param wanted words of shapes to play; none for all */
export async function playShapes(
  lines: number,
  wanted: readonly string[],
  tell: (played: PlayedShape) => void,
): Promise<readonly PlayedShape[]> {
  const all: PlayedShape[] = [];
  for (const shape of SHAPES) {
    if (wanted.length > 0 && !wanted.some((word) => isMeant(shape.what, word))) continue;
    const played = await play(shape, Math.min(lines, shape.of ?? lines));
    all.push(played);
    tell(played);
  }
  return all;
}

/** A word that is the whole name of one shape means that one. */
function isMeant(what: string, word: string): boolean {
  return SHAPES.some((shape) => shape.what === word) ? what === word : what.includes(word);
}

async function play(shape: Shape, lines: number): Promise<PlayedShape> {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-shapes-'));
  try {
    const path = join(dir, 'list.txt');
    await write(path, shape, lines);
    const text = await compile(path);
    const cost = text.startsWith('{') ? JSON.parse(text) : null;
    return { what: shape.what, isWithin: cost?.seconds <= SECONDS_MAX && cost?.peakMiB <= MIB_MAX, text };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const PIECE_LINES = 20_000;

async function write(path: string, { line }: Shape, lines: number): Promise<void> {
  const file = createWriteStream(path);
  for (let at = 0; at < lines; at += PIECE_LINES) {
    const count = Math.min(PIECE_LINES, lines - at);
    const piece = Array.from({ length: count }, (_, i) => `${line(at + i)}\n`).join('');
    if (!file.write(piece)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

async function compile(path: string): Promise<string> {
  const helper = fileURLToPath(new URL('./compile-one.ts', import.meta.url));
  const list = {
    config: listConfig(),
    body: { kind: 'file', path },
    fallback: null,
    previousEntries: null,
  } as const;
  const request: CompileRequest = { revision: 1, seed: 14, lists: [list] };
  const args = ['--single-threaded', ...COMPILE_FLAGS, helper, JSON.stringify(request)];
  // As bin/cenote has it.
  const env = { ...process.env, NODE_COMPILE_CACHE: CODE_CACHE };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS, env });
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
  });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors = `${errors}${text.toString()}`.slice(-600);
  });
  const [code, signal] = await once(child, 'close');
  return code === 0 ? said : `ended with ${code ?? signal}: ${errors}`;
}
