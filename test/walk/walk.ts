// Runs blocks of documents as they are written, in a shell, and holds what they print against what the document shows.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { endsWithUs } from '../support/ends-with-us.ts';
import { type Block, pages } from './pages.ts';
import { rowOf } from './table.ts';

const BLOCKS = pages().flatMap(({ blocks }) => blocks);

export interface Printed {
  readonly code: number | string;
  readonly text: string;
}

/** Where the commands of a block are typed. */
export type Shell = (commands: string) => Promise<Printed>;

export class Walk {
  readonly #story: string;
  readonly #walked = new Set<Block>();

  constructor(story: string) {
    this.#story = story;
  }

  /** The block that begins so; from now on it counts as walked. */
  block(file: string, first: string): Block {
    const block = BLOCKS.find((one) => one.file === file && one.text.startsWith(first));
    if (block === undefined) throw new Error(`${file} has no block that begins with "${first}"`);
    this.#walked.add(block);
    return block;
  }

  /**
   * Types the block line by line.
   * @param codes exit codes that are right
   * @returns all that was printed
   */
  async run(
    shell: Shell,
    { file, line, text, language }: Block,
    codes: readonly number[] = [0],
  ): Promise<string> {
    const printed: string[] = [];
    const steps =
      language === 'console' ? stepsOf(text) : text.split('\n').map((command) => ({ command, shown: [] }));
    for (const { command, shown } of steps) {
      if (command.trim() === '') continue;
      const at = `${file}:${line}: ${command}`;
      process.stdout.write(`  ${at}\n`);
      const { code, text: got } = await shell(command);
      if (!codes.includes(code as number)) throw new Error(`${at}: exit code ${code}\n${got}`);
      const missing = shown.filter((one) => !shapesOf(got).includes(shapeOf(one)));
      if (missing.length > 0) throw new Error(`${at}: shown and not printed: ${missing.join(' | ')}\n${got}`);
      printed.push(got);
    }
    return printed.join('\n');
  }

  /** Blocks of the table that belong to this story and were not walked. */
  left(): string[] {
    return BLOCKS.filter((block) => {
      const row = rowOf(block);
      return row !== null && 'story' in row && row.story === this.#story && !this.#walked.has(block);
    }).map(({ file, line }) => `${file}:${line}`);
  }

  get count(): number {
    return this.#walked.size;
  }
}

/** `$ command`, and what is shown below it; `...` stands for what is left out. */
function stepsOf(text: string): { command: string; shown: string[] }[] {
  const steps: { command: string; shown: string[] }[] = [];
  for (const line of text.split('\n'))
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), shown: [] });
    else if (!/^(\.\.\.|…|\s*)$/.test(line)) steps.at(-1)?.shown.push(line);
  return steps;
}

/** Times, counts and addresses differ from run to run, and so do the widths of columns. */
function shapeOf(line: string): string {
  return line
    .replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?/g, 'TIME')
    .replace(/\b(\d{1,3}\.){3}\d{1,3}\b/g, 'ADDRESS')
    .replace(/ADDRESS \([\w.-]+\)/g, 'ADDRESS')
    .replace(/\d[\d,]*/g, 'N')
    .replace(/\s+/g, ' ')
    .trim();
}

const shapesOf = (text: string): string[] => text.split('\n').map(shapeOf);

export interface ShellOptions {
  readonly cwd: string;
  /** Folders that go before the PATH. */
  readonly path?: string;
}

function start(commands: string, { cwd, path }: ShellOptions): { child: ChildProcess; text: () => string } {
  const { PATH = '', HOME = '/root' } = process.env;
  const child = spawn('bash', ['-ec', commands], {
    cwd,
    detached: true,
    // What npm fetched once (main.ts) is not asked for again.
    env: {
      ...{ PATH: path === undefined ? PATH : `${path}:${PATH}`, HOME, LANG: 'C.UTF-8' },
      npm_config_prefer_offline: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endsWithUs(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (more: string) => (text += more));
  return { child, text: () => text };
}

export function shellIn(options: ShellOptions): Shell {
  return async (commands) => {
    const { child, text } = start(commands, options);
    const [code, signal] = await once(child, 'close');
    return { code: code ?? signal, text: text() };
  };
}

/** Commands that go on, and an end to all that they started. */
export function background(
  commands: string,
  options: ShellOptions,
): { text: () => string; stop: () => Promise<void> } {
  const { child, text } = start(commands, options);
  const ended = once(child, 'close');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await ended;
  };
  return { text, stop };
}
