// Batches of events that wait for a receiver: each a packed file, the oldest first, bounded by octets and age.
//
// A batch is in a file before it is sent, and goes once the receiver has it: after a kill it is sent again. Where the disk takes
// nothing, a few wait in memory.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack, unpack } from '../querylog/octets.ts';

export interface Waiting {
  /** Null: only in memory. */
  readonly path: string | null;
  readonly events: number;
  readonly octets: number;
  /** Wall clock: when its first event came. */
  readonly sinceMs: number;
  /** Absent: they are read again when their turn comes. */
  lines: readonly string[] | null;
}

export interface SpoolOptions {
  readonly dir: string;
  readonly sizeOctets: number;
  readonly ageMs: number;
  readonly now: () => number;
  /** Events that were given up. */
  readonly lost: (events: number, why: string) => void;
}

const FILE = /^(\d{15})-(\d{1,6})-(\d{1,5})\.zst$/;
const IN_MEMORY_MAX = 64;
const LINES_HELD_MAX = 8;

export class Spool {
  readonly #options: SpoolOptions;
  readonly #waiting: Waiting[] = [];
  /** Given out, and not come back: these are not given up meanwhile. */
  readonly #sent = new Set<Waiting>();
  #octets = 0;
  #events = 0;
  #number = 0;
  #lastMs = 0;

  /** Takes in what an earlier start left. */
  constructor(options: SpoolOptions) {
    this.#options = options;
    const { dir } = options;
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      for (const file of readdirSync(dir).sort()) {
        const [, sinceMs, , events] = FILE.exec(file) ?? [];
        const path = join(dir, file);
        if (sinceMs === undefined) rmSync(path, { force: true, recursive: false });
        else
          this.#push({
            path,
            events: Number(events),
            octets: statSync(path).size,
            sinceMs: Number(sinceMs),
            lines: null,
          });
      }
    } catch {
      // A folder that cannot be had: batches wait in memory, and `add` tries again.
    }
  }

  get events(): number {
    return this.#events;
  }

  get octets(): number {
    return this.#octets;
  }

  get oldestMs(): number | null {
    return this.#waiting[0]?.sinceMs ?? null;
  }

  add(lines: readonly string[], sinceMs: number): void {
    // Files are taken in the order of their names, whatever the clock does.
    this.#lastMs = Math.max(this.#lastMs, Math.floor(sinceMs));
    const batch = this.#kept(lines, this.#lastMs);
    if (batch.path !== null && this.#waiting.length >= LINES_HELD_MAX) batch.lines = null;
    this.#push(batch);
    this.trim();
  }

  /**
   * The batch that waits longest of those that are not given out, with its lines; null: none. One that cannot be read is given up.
   * Give each back, by `remove`, `replace` or `putBack`.
   */
  next(): { readonly batch: Waiting; readonly lines: readonly string[] } | null {
    for (let batch = this.#oldest; batch !== undefined; batch = this.#oldest) {
      try {
        batch.lines ??= Buffer.from(unpack(readFileSync(batch.path ?? '')))
          .toString()
          .split('\n');
        this.#sent.add(batch);
        return { batch, lines: batch.lines };
      } catch (error) {
        this.remove(batch);
        this.#options.lost(batch.events, `a batch of the spool cannot be read: ${String(error)}`);
      }
    }
    return null;
  }

  get #oldest(): Waiting | undefined {
    return this.#sent.size === 0 ? this.#waiting[0] : this.#waiting.find((batch) => !this.#sent.has(batch));
  }

  /** It was not delivered, and waits on. */
  putBack(batch: Waiting): void {
    this.#sent.delete(batch);
  }

  /** It is delivered, or given up. */
  remove(batch: Waiting): void {
    this.#sent.delete(batch);
    const at = this.#waiting.indexOf(batch);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#octets -= batch.octets;
    this.#events -= batch.events;
    try {
      if (batch.path !== null) rmSync(batch.path, { force: true });
    } catch {
      // The next start sends it again, under the same ids.
    }
  }

  /** Puts smaller batches in the place of one, and gives them. They are in files before it goes: a kill in between sends again, and loses nothing. */
  replace(batch: Waiting, parts: readonly (readonly string[])[]): readonly Waiting[] {
    // As old as it: before what came later, also after a start.
    const smaller = parts
      .filter((lines) => lines.length > 0)
      .map((lines) => this.#kept(lines, batch.sinceMs));
    const at = this.#waiting.indexOf(batch);
    this.remove(batch);
    this.#count(smaller);
    this.#waiting.splice(at, 0, ...smaller);
    return smaller;
  }

  /** Gives up what is too old, or too much. */
  trim(): void {
    const { now, ageMs, sizeOctets, lost } = this.#options;
    const beforeMs = now() - ageMs;
    let inMemory = this.#waiting.filter(({ path }) => path === null).length;
    for (let oldest = this.#oldest; oldest !== undefined; oldest = this.#oldest) {
      const isTooMuch = this.#octets > sizeOctets || inMemory > IN_MEMORY_MAX;
      if (oldest.sinceMs >= beforeMs && !isTooMuch) return;
      this.remove(oldest);
      if (oldest.path === null) inMemory -= 1;
      lost(oldest.events, isTooMuch ? 'the spool is full' : 'they waited too long');
    }
  }

  /** In a file, where one can be had. */
  #kept(lines: readonly string[], sinceMs: number): Waiting {
    const body = pack(Buffer.from(lines.join('\n')));
    this.#number = (this.#number + 1) % 1_000_000;
    const name = `${String(sinceMs).padStart(15, '0')}-${String(this.#number).padStart(6, '0')}-${lines.length}.zst`;
    return { path: this.#write(name, body), events: lines.length, octets: body.length, sinceMs, lines };
  }

  #push(batch: Waiting): void {
    this.#waiting.push(batch);
    this.#count([batch]);
  }

  #count(batches: readonly Waiting[]): void {
    for (const { octets, events } of batches) {
      this.#octets += octets;
      this.#events += events;
    }
  }

  #write(name: string, body: Uint8Array): string | null {
    const { dir } = this.#options;
    const path = join(dir, name);
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      writeFileSync(`${path}.part`, body, { mode: 0o600 });
      renameSync(`${path}.part`, path);
      return path;
    } catch {
      return null;
    }
  }
}
