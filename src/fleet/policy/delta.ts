// What has changed in a text, by lines: ten names more in a list of a million are a few hundred octets. zstd with the old text as its
// dictionary finds little in texts of many megabytes.
//
// A difference is made of steps: copy so many octets of the old text from an offset, then so many octets that follow in place.
const NEWLINE = 10;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Of lines that collide, as whoever writes a list may make them, those beyond are taken for new ones. */
const PROBES_MAX = 512;
const FULL = Number.NEGATIVE_INFINITY;

interface Lines {
  /** Where each begins; one more stands for the end. */
  readonly starts: Int32Array;
  readonly hashes: Int32Array;
  readonly count: number;
}

export interface Difference {
  readonly octets: Uint8Array;
  /** Lines of the new text that the old one has not. */
  readonly added: number;
  /** Lines of the old text that the new one has not. */
  readonly removed: number;
}

/** @returns steps from `before` to `after` */
export function difference(before: Uint8Array, after: Uint8Array): Difference {
  const old = linesOf(before);
  const now = linesOf(after);
  const find = indexOf(before, old);
  const steps = new Steps(after);
  let expected = 0;
  let copied = 0;
  for (let line = 0; line < now.count; line++) {
    const [start, end] = [at(now.starts, line), at(now.starts, line + 1)];
    const hash = at(now.hashes, line);
    const next = isSame(before, old, expected, after, start, end, hash)
      ? expected
      : find(after, start, end, hash);
    if (next < 0) {
      steps.insert(start, end);
      continue;
    }
    copied++;
    steps.copy(at(old.starts, next), end - start);
    expected = next + 1;
  }
  return { octets: steps.end(), added: now.count - copied, removed: Math.max(0, old.count - copied) };
}

/** Steps in order; what to copy from the old text, then what to put after it. @throws Error when it is no difference */
export function* stepsOf(
  octets: Uint8Array,
): Generator<{ readonly from: number; readonly length: number; readonly insert: Uint8Array }> {
  let offset = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const octet = octets[offset++];
      if (octet === undefined || shift > 2 ** 35) throw new Error('a difference is cut short');
      value += (octet & 127) * shift;
      if (octet < 128) return value;
    }
  };
  while (offset < octets.length) {
    const [from, length, inserted] = [number(), number(), number()];
    if (offset + inserted > octets.length) throw new Error('a difference is cut short');
    yield { from, length, insert: octets.subarray(offset, offset + inserted) };
    offset += inserted;
  }
}

function linesOf(text: Uint8Array): Lines {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (text[i] === NEWLINE) count++;
  const isOpen = text.length > 0 && text.at(-1) !== NEWLINE;
  if (isOpen) count++;
  const starts = new Int32Array(count + 1);
  const hashes = new Int32Array(count);
  let [line, hash] = [0, FNV_OFFSET];
  for (let i = 0; i < text.length; i++) {
    const octet = text[i] ?? 0;
    hash = Math.imul(hash ^ octet, FNV_PRIME);
    if (octet !== NEWLINE) continue;
    hashes[line++] = hash;
    starts[line] = i + 1;
    hash = FNV_OFFSET;
  }
  if (isOpen) hashes[line] = hash;
  starts[count] = text.length;
  return { starts, hashes, count };
}

/** The first of equal lines is found; less than 0 for none. */
function indexOf(
  text: Uint8Array,
  lines: Lines,
): (other: Uint8Array, start: number, end: number, hash: number) => number {
  let size = 16;
  while (size < lines.count * 2) size *= 2;
  const table = new Int32Array(size);
  const find = (other: Uint8Array, start: number, end: number, hash: number): number => {
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      const slot = (hash + probe) & (size - 1);
      const line = at(table, slot) - 1;
      if (line < 0) return -1 - slot;
      if (isSame(text, lines, line, other, start, end, hash)) return line;
    }
    return FULL;
  };
  for (let line = 0; line < lines.count; line++) {
    const slot = -1 - find(text, at(lines.starts, line), at(lines.starts, line + 1), at(lines.hashes, line));
    if (slot >= 0 && slot < size) table[slot] = line + 1;
  }
  return find;
}

function isSame(
  text: Uint8Array,
  lines: Lines,
  line: number,
  other: Uint8Array,
  start: number,
  end: number,
  hash: number,
): boolean {
  if (line >= lines.count || at(lines.hashes, line) !== hash) return false;
  const own = at(lines.starts, line);
  if (at(lines.starts, line + 1) - own !== end - start) return false;
  for (let i = 0; i < end - start; i++) if (text[own + i] !== other[start + i]) return false;
  return true;
}

function at(numbers: Int32Array, index: number): number {
  return numbers[index] ?? 0;
}

/** Puts neighbours together, and writes. */
class Steps {
  readonly #after: Uint8Array;
  readonly #out: Uint8Array[] = [];
  #from = 0;
  #length = 0;
  #insertStart = 0;
  #insertEnd = 0;

  constructor(after: Uint8Array) {
    this.#after = after;
  }

  copy(from: number, length: number): void {
    if (this.#insertEnd > this.#insertStart || from !== this.#from + this.#length) {
      this.#write();
      this.#from = from;
    }
    this.#length += length;
  }

  /** Of the new text. */
  insert(start: number, end: number): void {
    if (this.#insertEnd === this.#insertStart) this.#insertStart = start;
    this.#insertEnd = end;
  }

  end(): Uint8Array {
    this.#write();
    return Buffer.concat(this.#out);
  }

  #write(): void {
    const inserted = this.#after.subarray(this.#insertStart, this.#insertEnd);
    if (this.#length > 0 || inserted.length > 0) {
      for (const value of [this.#from, this.#length, inserted.length]) this.#out.push(numberOctets(value));
      this.#out.push(inserted);
    }
    this.#length = 0;
    this.#insertStart = 0;
    this.#insertEnd = 0;
  }
}

/** Seven bits an octet, lowest first. */
function numberOctets(value: number): Uint8Array {
  const octets: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) | 128);
  octets.push(rest);
  return Uint8Array.from(octets);
}
