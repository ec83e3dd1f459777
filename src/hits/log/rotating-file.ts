// A file of lines that grows to a size or an age, then makes way for a new one; a few old ones are kept.
//
// Writes are synchronous and happen a few times a second, so that what was written survives the process. A disk that is
// full or read-only is retried: lines wait in memory up to a bound, past it they are counted, and both are told once.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { isReplaced } from '../../config/disk/inode.ts';
import { withRoom } from './room.ts';

export interface RotatingFileOptions {
  readonly path: string;
  readonly sizeOctetsMax?: number;
  readonly ageMsMax?: number;
  /** Old files kept beside the present one: `hits.1.jsonl` is the youngest. */
  readonly filesKept?: number;
  /** Octets that wait in memory while the disk takes nothing. */
  readonly waitingOctetsMax?: number;
  readonly now: () => number;
  /** Told when writing begins to fail, and when it works again. */
  readonly report: (state: FileState) => void;
}

export type FileState =
  | { readonly failing: true; readonly path: string; readonly error: Error }
  | { readonly failing: false; readonly path: string; readonly linesLost: number };

/** What is written often in one turn goes out in pieces of about this. */
const FLUSH_OCTETS = 262_144;
const WAITING_FIRST = 65_536;
const WAITING_OCTETS_MAX: number = 4 * 1024 * 1024;
const RETRY_MS = 1000;
/** How often it is looked whether somebody else has moved the file away (logrotate). */
const LOOK_MS = 1000;

export class RotatingFile {
  readonly #options: Required<RotatingFileOptions>;
  #descriptor = -1;
  #size = 0;
  #begunMs = 0;
  #inode = 0;
  #lookedMs = 0;
  /** What waits for the disk: its first #waitingOctets octets. */
  #waiting = Buffer.allocUnsafeSlow(WAITING_FIRST);
  #waitingOctets = 0;
  #failedMs = Number.NEGATIVE_INFINITY;
  #failing = false;
  #linesLost = 0;

  constructor(options: RotatingFileOptions) {
    this.#options = {
      sizeOctetsMax: 64 * 1024 * 1024,
      ageMsMax: 86_400_000,
      filesKept: 7,
      waitingOctetsMax: WAITING_OCTETS_MAX,
      ...options,
    };
  }

  /** Lines given up because the disk took nothing and memory was full. */
  get linesLost(): number {
    return this.#linesLost;
  }

  get failing(): boolean {
    return this.#failing;
  }

  /** The present file and the one before it. */
  youngest(): readonly string[] {
    return [this.#options.path, this.#oldPath(1)];
  }

  /** Takes `count` lines, each with its line feed; they reach the file at the next `flush`, or when they are many. */
  write(lines: Buffer, count = 1): void {
    const octets = lines.length;
    if (this.#waitingOctets + octets > this.#options.waitingOctetsMax) this.flush();
    if (this.#waitingOctets + octets > this.#options.waitingOctetsMax) {
      this.#linesLost += count;
      return;
    }
    this.#waiting = withRoom(this.#waiting, this.#waitingOctets, octets);
    lines.copy(this.#waiting, this.#waitingOctets);
    this.#waitingOctets += octets;
    if (this.#waitingOctets >= FLUSH_OCTETS) this.flush();
  }

  /** Writes what waits. While the disk fails it tries once a second; `force` tries now. */
  flush(force = false): void {
    const { now } = this.#options;
    if (this.#waitingOctets === 0) return;
    const sinceFailure = now() - this.#failedMs;
    if (!force && sinceFailure >= 0 && sinceFailure < RETRY_MS) return;
    try {
      this.#makeReady();
      this.#writeAll();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#failedMs = Number.NEGATIVE_INFINITY;
    if (!this.#failing) return;
    this.#failing = false;
    this.#options.report({ failing: false, path: this.#options.path, linesLost: this.#linesLost });
  }

  /** Writes what waits and lets the file go. */
  close(): void {
    this.flush(true);
    this.#closeFile();
  }

  #makeReady(): void {
    const { path, now, ageMsMax, sizeOctetsMax } = this.#options;
    if (this.#descriptor >= 0 && this.#size > 0) {
      const age = now() - this.#begunMs;
      if (age >= ageMsMax || this.#size + this.#waitingOctets > sizeOctetsMax) this.#rotate();
    }
    this.#closeIfMoved();
    if (this.#descriptor >= 0) return;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#descriptor = openSync(path, 'a', 0o600);
    const stat = fstatSync(this.#descriptor);
    this.#size = stat.size;
    this.#inode = stat.ino;
    this.#begunMs = stat.size === 0 ? now() : Math.min(now(), stat.birthtimeMs || stat.mtimeMs);
  }

  #closeIfMoved(): void {
    const { path, now } = this.#options;
    if (this.#descriptor < 0 || Math.abs(now() - this.#lookedMs) < LOOK_MS) return;
    this.#lookedMs = now();
    if (isReplaced(path, this.#inode)) this.#closeFile();
  }

  #writeAll(): void {
    let at = 0;
    try {
      while (at < this.#waitingOctets)
        at += writeSync(this.#descriptor, this.#waiting, at, this.#waitingOctets - at);
    } finally {
      // A full disk may take half a line: the rest of it must follow before anything else.
      this.#size += at;
      this.#waiting.copyWithin(0, at, this.#waitingOctets);
      this.#waitingOctets -= at;
    }
  }

  #rotate(): void {
    const { path, filesKept } = this.#options;
    this.#closeFile();
    if (filesKept === 0) {
      rmSync(path, { force: true });
      return;
    }
    rmSync(this.#oldPath(filesKept), { force: true });
    for (let number = filesKept - 1; number >= 1; number -= 1) {
      try {
        renameSync(this.#oldPath(number), this.#oldPath(number + 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    renameSync(path, this.#oldPath(1));
  }

  /** `hits.jsonl` → `hits.1.jsonl`. */
  #oldPath(number: number): string {
    return this.#options.path.replace(/(\.[^./]*)?$/, (ending) => `.${number}${ending}`);
  }

  #fail(error: Error): void {
    this.#failedMs = this.#options.now();
    this.#closeFile();
    if (this.#failing) return;
    this.#failing = true;
    this.#options.report({ failing: true, path: this.#options.path, error });
  }

  #closeFile(): void {
    if (this.#descriptor < 0) return;
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    try {
      closeSync(descriptor);
    } catch {
      // Nothing of ours is left in it: every write was synchronous.
    }
  }
}
