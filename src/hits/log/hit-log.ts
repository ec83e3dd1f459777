// The hit log: one JSON line a hit, to standard output and to a rotated file. Never throws: a log that cannot be written
// is reported, counted, and tried again.
import { fstatSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import type { Find } from '../find.ts';
import type { Hit } from '../hit.ts';
import { hitLine } from './hit-line.ts';
import { LoggedHits } from './logged-hits.ts';
import { type FileState, RotatingFile } from './rotating-file.ts';

export interface HitLogOptions {
  /** `events.dir`; null writes no file. */
  readonly dir: string | null;
  /** Whether lines go to standard output, or to the given stream (tests). */
  readonly stdout: boolean | LineStream;
  readonly now: () => number;
  readonly report: (state: FileState) => void;
  /** Told once, when standard output first takes less than it is given. */
  readonly onStdoutLost?: () => void;
  readonly sizeOctetsMax?: number;
  readonly ageMsMax?: number;
  readonly filesKept?: number;
  readonly waitingOctetsMax?: number;
}

export interface LineStream {
  write(lines: string): void;
}

/** A reader of standard output that does not read must not fill our memory. */
const STDOUT_OCTETS_MAX = 8 * 1024 * 1024;
const CLOSE_MS = 1000;
/** Few enough that what memory cannot hold while the disk fails is given up in small pieces. */
const LINES_A_WRITE = 200;

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

export class HitLog {
  readonly #file: RotatingFile | null;
  readonly #stdout: LineStream | null;
  readonly #boom: ReturnType<typeof pino.destination> | null = null;
  #stdoutLost = 0;
  readonly #onStdoutLost: () => void;

  constructor(options: HitLogOptions) {
    const { dir, stdout, onStdoutLost, ...fileOptions } = options;
    this.#onStdoutLost = onStdoutLost ?? (() => undefined);
    this.#file = dir === null ? null : new RotatingFile({ ...fileOptions, path: join(dir, 'hits.jsonl') });
    if (stdout === true) {
      // A file takes what it is given as hits.jsonl does; a terminal or a pipe may have a reader that does not read.
      this.#boom = pino.destination({ dest: 1, sync: isFile(1), maxLength: STDOUT_OCTETS_MAX });
      this.#boom.on('drop', (lines: string) => this.#lose(linesIn(lines)));
      this.#boom.on('error', () => this.#lose(1));
      this.#stdout = this.#boom;
    } else this.#stdout = stdout === false ? null : stdout;
  }

  #lose(lines: number): void {
    if (this.#stdoutLost === 0) this.#onStdoutLost();
    this.#stdoutLost += lines;
  }

  /** Lines that neither disk nor memory could take. */
  get linesLost(): number {
    return this.#file?.linesLost ?? 0;
  }

  /** Lines that standard output did not take. */
  get stdoutLost(): number {
    return this.#stdoutLost;
  }

  /** Whether the file cannot be written at present. */
  get failing(): boolean {
    return this.#file?.failing ?? false;
  }

  /** What the files end with. */
  logged(): LoggedHits {
    return new LoggedHits(this.#file?.youngest() ?? []);
  }

  /** Logs hits and writes them to the file before it returns, if the disk lets it. */
  write(hits: readonly Hit[]): void {
    for (let at = 0; at < hits.length; at += LINES_A_WRITE) {
      const some = hits.slice(at, at + LINES_A_WRITE);
      // With its last line feed in the join it is one piece: else each who reads it would copy it together first.
      const lines = [...some.map(hitLine), ''].join('\n');
      this.#stdout?.write(lines);
      this.#file?.write(lines, some.length);
    }
    this.#file?.flush();
  }

  writeFind(find: Find): void {
    const line = `${JSON.stringify(find)}\n`;
    this.#stdout?.write(line);
    this.#file?.write(line);
    this.#file?.flush();
  }

  /** Tries again what waits for the disk; call it about once a second. */
  tick(): void {
    this.#file?.flush();
  }

  /** Writes everything that waits, then closes; waits for standard output a second at most. */
  async close(): Promise<void> {
    this.#file?.close();
    const boom = this.#boom;
    if (boom === null) return;
    await new Promise<void>((resolve) => {
      const giveUp = setTimeout(resolve, CLOSE_MS);
      boom.once('close', () => {
        clearTimeout(giveUp);
        resolve();
      });
      boom.once('error', () => resolve());
      boom.end();
    });
  }
}
