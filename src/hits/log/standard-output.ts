// Standard output as hit lines go to it: octets that wait for a reader, up to a bound. A reader that does not read must not fill our memory, and
// must not be waited for.
import { fstatSync, write, writeSync } from 'node:fs';
import { withRoom } from './room.ts';

export interface StandardOutputOptions {
  readonly descriptor: number;
  /** Told of lines that were not taken. */
  readonly lose: (lines: number) => void;
  readonly octetsMax?: number;
}

const OCTETS_MAX = 8 * 1024 * 1024;
const OCTETS_FIRST = 65_536;
/** What was there for a slow reader goes back when he has read it. */
const OCTETS_KEPT = 1024 * 1024;
/** How soon one that takes no more at present is tried again. */
const AGAIN_MS = 20;
const CLOSE_MS = 1000;
const LINE_FEED = 10;

export class StandardOutput {
  readonly #descriptor: number;
  readonly #lose: (lines: number) => void;
  readonly #octetsMax: number;
  /**
   * Writing returns at once: to a file, or where the descriptor says that it takes no more (EAGAIN). Others, a pipe or a terminal whose reader
   * does not read, are written to by a thread of libuv's, which tells of it once a turn of this thread's loop: in a flood too seldom for a socket,
   * which takes 146 kB at a time.
   */
  #isPrompt: boolean;
  #again: NodeJS.Timeout | null = null;
  #waiting = Buffer.allocUnsafeSlow(OCTETS_FIRST);
  #waitingOctets = 0;
  /** What is being written, from #at to #end; both are 0 when nothing is. */
  #writing = Buffer.allocUnsafeSlow(OCTETS_FIRST);
  #at = 0;
  #end = 0;
  /** The last line that it took was cut. */
  #isTorn = false;
  /** A line feed that ends such a line stands before what is written. */
  #isMended = false;
  #onIdle: (() => void) | null = null;

  constructor({ descriptor, lose, octetsMax = OCTETS_MAX }: StandardOutputOptions) {
    this.#descriptor = descriptor;
    this.#lose = lose;
    this.#octetsMax = octetsMax;
    this.#isPrompt = isFile(descriptor);
  }

  /** Lines, each with its line feed. */
  write(lines: Buffer): void {
    const waiting = this.#end - this.#at + this.#waitingOctets;
    if (waiting + lines.length > this.#octetsMax) {
      this.#lose(linesIn(lines));
      return;
    }
    this.#waiting = withRoom(this.#waiting, this.#waitingOctets, lines.length);
    lines.copy(this.#waiting, this.#waitingOctets);
    this.#waitingOctets += lines.length;
    if (this.#isPrompt) this.#pour();
    else if (this.#end === 0) this.#begin();
  }

  /** Resolves when all is written, or after a second. */
  async close(): Promise<void> {
    if (this.#end === 0) return;
    await new Promise<void>((resolve) => {
      const giveUp = setTimeout(resolve, CLOSE_MS);
      this.#onIdle = () => {
        clearTimeout(giveUp);
        resolve();
      };
    });
  }

  /** Writes what is taken at once. */
  #pour(): void {
    while (this.#at < this.#end || this.#waitingOctets > 0) {
      if (this.#at === this.#end) this.#turn();
      try {
        this.#took(writeSync(this.#descriptor, this.#writing, this.#at, this.#end - this.#at));
      } catch (error) {
        if (isForNow(error)) {
          this.#again ??= setTimeout(() => {
            this.#again = null;
            this.#pour();
          }, AGAIN_MS);
          return;
        }
        this.#giveUp();
      }
    }
    this.#rest();
  }

  #begin(): void {
    this.#turn();
    this.#writeSome();
  }

  #writeSome(): void {
    write(this.#descriptor, this.#writing, this.#at, this.#end - this.#at, null, (error, octets) => {
      if (isForNow(error)) {
        this.#isPrompt = true;
        this.#pour();
        return;
      }
      if (error === null) this.#took(octets);
      else this.#giveUp();
      if (this.#at < this.#end) this.#writeSome();
      else if (this.#waitingOctets > 0) this.#begin();
      else this.#rest();
    });
  }

  /** What waits is what is written now. */
  #turn(): void {
    [this.#writing, this.#waiting] = [this.#waiting, this.#writing];
    [this.#at, this.#end, this.#waitingOctets] = [0, this.#waitingOctets, 0];
    this.#isMended = this.#isTorn;
    if (!this.#isMended) return;
    this.#writing = withRoom(this.#writing, this.#end, 1);
    this.#writing.copyWithin(1, 0, this.#end);
    this.#writing[0] = LINE_FEED;
    this.#end += 1;
  }

  #took(octets: number): void {
    if (octets === 0) return;
    this.#at += octets;
    this.#isTorn = this.#writing[this.#at - 1] !== LINE_FEED;
  }

  /** What was to be written is lost; what waits is tried. */
  #giveUp(): void {
    this.#lose(
      linesIn(this.#writing.subarray(this.#at, this.#end)) - Number(this.#isMended && this.#at === 0),
    );
    this.#at = this.#end;
  }

  #rest(): void {
    this.#at = 0;
    this.#end = 0;
    if (this.#waiting.length > OCTETS_KEPT) this.#waiting = Buffer.allocUnsafeSlow(OCTETS_FIRST);
    if (this.#writing.length > OCTETS_KEPT) this.#writing = Buffer.allocUnsafeSlow(OCTETS_FIRST);
    this.#onIdle?.();
  }
}

const isForNow = (error: unknown): boolean => {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'EAGAIN' || code === 'EBUSY';
};

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

function linesIn(octets: Buffer): number {
  let lines = 0;
  for (let at = octets.indexOf(LINE_FEED); at >= 0; at = octets.indexOf(LINE_FEED, at + 1)) lines += 1;
  return lines;
}
