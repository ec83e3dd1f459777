// The hit log: one JSON line a hit, to standard output and to a rotated file. Never throws: a log that cannot be written
// is reported, counted, and tried again.
import { join } from 'node:path';
import type { Find } from '../find.ts';
import type { Hit } from '../hit.ts';
import { HitLines } from './hit-lines.ts';
import { LoggedHits } from './logged-hits.ts';
import { type FileState, RotatingFile } from './rotating-file.ts';
import { StandardOutput } from './standard-output.ts';

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
  /** Lines, each with its line feed; what it keeps of them it must copy. */
  write(lines: Buffer): void;
}

/** Few enough that what memory cannot hold while the disk fails is given up in small pieces. */
const LINES_A_WRITE = 200;

export class HitLog {
  readonly #file: RotatingFile | null;
  readonly #stdout: LineStream | null;
  readonly #own: StandardOutput | null = null;
  readonly #lines = new HitLines();
  #stdoutLost = 0;
  readonly #onStdoutLost: () => void;

  constructor(options: HitLogOptions) {
    const { dir, stdout, onStdoutLost, ...fileOptions } = options;
    this.#onStdoutLost = onStdoutLost ?? (() => undefined);
    this.#file = dir === null ? null : new RotatingFile({ ...fileOptions, path: join(dir, 'hits.jsonl') });
    if (stdout === true) {
      this.#own = new StandardOutput({ descriptor: 1, lose: (lines) => this.#lose(lines) });
      this.#stdout = this.#own;
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
    for (const hit of hits) {
      this.#lines.add(hit);
      if (this.#lines.size >= LINES_A_WRITE) this.#writeLines();
    }
    this.#writeLines();
    this.#file?.flush();
  }

  #writeLines(): void {
    const { octets, size } = this.#lines;
    if (size === 0) return;
    this.#stdout?.write(octets);
    this.#file?.write(octets, size);
    this.#lines.clear();
  }

  writeFind(find: Find): void {
    const line = Buffer.from(`${JSON.stringify(find)}\n`);
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
    await this.#own?.close();
  }
}
