// Cuts a byte stream into trimmed lines without making strings: what every line format stands on.
//
// Invariants: a line is reported once, in order, with its 1-based number; blank lines are not reported; memory is one
// carry buffer, whatever the input.
import type { Parser } from '../format.ts';

/** Longer lines are skipped and counted: no rule needs this much. */
const LINE_OCTETS_MAX = 65_536;

const LF = 0x0a;
const SPACE = 0x20;

/** `bytes[start .. end)` is the line; valid during the call only. */
export type OnLine = (bytes: Uint8Array, start: number, end: number, line: number) => void;

export interface LineOptions {
  readonly onLine: OnLine;
  /** A line over the limit: its beginning. */
  readonly onLong: OnLine;
  readonly onEnd?: () => void;
  /** Leave leading blanks (they mean something in zone files). */
  readonly keepIndent?: boolean;
}

export class LineParser implements Parser {
  readonly #options: LineOptions;
  readonly #onLine: OnLine;
  readonly #keepIndent: boolean;
  readonly #carry = new Uint8Array(LINE_OCTETS_MAX);
  #carried = 0;
  #overflowed = false;
  #line = 0;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#onLine = options.onLine;
    this.#keepIndent = options.keepIndent ?? false;
  }

  write(chunk: Uint8Array): void {
    let start = 0;
    if (this.#carried > 0) {
      const end = chunk.indexOf(LF);
      this.#keep(chunk, 0, end < 0 ? chunk.length : end);
      if (end < 0) return;
      this.#finishCarried();
      start = end + 1;
    }
    const length = chunk.length;
    for (let at = start; at < length; at += 1) {
      if (chunk[at] !== LF) continue;
      this.#line += 1;
      if (at - start > LINE_OCTETS_MAX) this.#options.onLong(chunk, start, at, this.#line);
      else this.#emit(chunk, start, at);
      start = at + 1;
    }
    this.#keep(chunk, start, length);
  }

  end(): void {
    if (this.#carried > 0) this.#finishCarried();
    this.#options.onEnd?.();
  }

  #keep(chunk: Uint8Array, start: number, end: number): void {
    const room = LINE_OCTETS_MAX - this.#carried;
    const taken = Math.min(end - start, room);
    if (taken > 0) this.#carry.set(chunk.subarray(start, start + taken), this.#carried);
    this.#carried += taken;
    if (end - start > room) this.#overflowed = true;
  }

  #finishCarried(): void {
    const length = this.#carried;
    this.#carried = 0;
    this.#line += 1;
    if (this.#overflowed) this.#options.onLong(this.#carry, 0, length, this.#line);
    else this.#emit(this.#carry, 0, length);
    this.#overflowed = false;
  }

  #emit(bytes: Uint8Array, from: number, to: number): void {
    let start = from;
    let end = to;
    if (this.#line === 1 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf)
      start += 3;
    while (end > start && bytes[end - 1]! <= SPACE) end -= 1;
    if (end === start) return;
    if (!this.#keepIndent) while (bytes[start]! <= SPACE) start += 1;
    this.#onLine(bytes, start, end, this.#line);
  }
}

/** Whether a part of a line is digits alone. */
export function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  return end > start;
}

const COPIED_OCTETS_MAX = 1024;
const copied = Buffer.allocUnsafeSlow(COPIED_OCTETS_MAX);
const decoder = new TextDecoder();

/** A part of a line that is ASCII, as text: a copy of a few octets costs less than a view of them. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > COPIED_OCTETS_MAX) return decoder.decode(bytes.subarray(start, end));
  for (let at = start; at < end; at += 1) copied[at - start] = bytes[at]!;
  return copied.toString('latin1', 0, end - start);
}
