// A report's text as a window of folded characters, each with its place in the source: tags and invisible characters gone.
//
// Invariants: memory is the window, whatever the text; the source is read once from front to back; units keep their order,
// and `starts[i] .. ends[i]` is what unit i stands for in the source.
import { decodeHTML } from 'entities';
import { CELL, EN_DASH, fold, INVISIBLE, isAsciiAlphanumeric, NEWLINE, SPACE } from '../characters.ts';
import { TagReader } from './html-tags.ts';

const WINDOW_UNITS = 32_768;
/** Room for what one source character may become (an entity of two, `--` for an en dash). */
const SPARE_UNITS = 8;

/** The unit was written as an HTML entity. */
export const FLAG_ENTITY = 1;

/** `&#46;`, `&#x2e;`, `&period;`; the length is bounded. */
const ENTITY = /&(?:amp;){0,2}(?:#\d{1,7};?|#x[0-9a-f]{1,6};?|[a-z][a-z0-9]{1,31};)/iy;

/** ASCII that begins nothing and is folded to itself; in HTML spaces depend on what is before them. */
const PLAIN_IN_HTML = Uint8Array.from({ length: 0x80 }, (_, code) =>
  code > SPACE && fold(code) === code && !'<&*\\'.includes(String.fromCharCode(code)) ? 1 : 0,
);
const PLAIN_IN_TEXT = Uint8Array.from(PLAIN_IN_HTML, (isPlain, code) =>
  code === SPACE || code === NEWLINE ? 1 : isPlain,
);

/** Units of a window, each with its place. */
interface Room {
  readonly codes: Uint32Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly flags: Uint8Array;
}

/** Room for a value or a cell, of which a table has a million: made for each, it would cost as much as reading it. */
const SHORT_UNITS = 1024;
const FREE: Room[] = [];
/** One text is read inside another. */
const FREE_MAX = 4;

function roomFor(units: number): Room {
  const free = units <= SHORT_UNITS ? FREE.pop() : undefined;
  if (free !== undefined) return free;
  const size = Math.max(units, SHORT_UNITS);
  return {
    codes: new Uint32Array(size),
    starts: new Uint32Array(size),
    ends: new Uint32Array(size),
    flags: new Uint8Array(size),
  };
}

export class FoldedText {
  readonly source: string;
  readonly codes: Uint32Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly flags: Uint8Array;
  /** Units in the window. */
  count = 0;
  /** Of these units it is known that nothing in them is folded: of a line, whose names are asked for next. */
  #writtenFrom = 0;
  #writtenTo = 0;
  #at = 0;
  readonly #window: number;
  readonly #room: Room;
  readonly #tags: TagReader | null;
  readonly #keepsSpace: boolean;

  /** @param isPage white space in the source is one space, as in a browser */
  constructor(source: string, isHtml: boolean, isPage = isHtml) {
    this.source = source;
    // A short value gets a short window: a table has one text a cell.
    this.#window = Math.min(WINDOW_UNITS, 2 * source.length);
    this.#room = roomFor(this.#window + SPARE_UNITS);
    this.codes = this.#room.codes;
    this.starts = this.#room.starts;
    this.ends = this.#room.ends;
    this.flags = this.#room.flags;
    this.#tags = isHtml ? new TagReader(source) : null;
    this.#keepsSpace = !isPage;
    this.refill(0);
  }

  /** It is read, and its room is another text's. */
  close(): void {
    if (this.#room.codes.length === SHORT_UNITS && FREE.length < FREE_MAX) FREE.push(this.#room);
  }

  get isComplete(): boolean {
    return this.#at >= this.source.length;
  }

  /** The unit at `at`, 0 outside the window. */
  codeAt(at: number): number {
    return at >= 0 && at < this.count ? this.codes[at]! : 0;
  }

  textOf(from: number, to: number): string {
    const written = this.writtenOf(from, to);
    if (written !== null) return written;
    let text = '';
    for (let at = from; at < to; at += 1) text += String.fromCodePoint(this.codes[at]!);
    return text;
  }

  /** One UTF-16 unit for each unit, so that offsets are the same in both. */
  unitsOf(from: number, to: number): string {
    const written = this.writtenOf(from, to);
    if (written !== null) return written;
    const units = new Uint16Array(to - from);
    for (let at = from; at < to; at += 1) units[at - from] = Math.min(this.codes[at]!, 0xfffd);
    return Buffer.from(units.buffer).toString('utf16le');
  }

  /** The source of these units; null where anything in it is folded, which it is in little of a text. */
  writtenOf(from: number, to: number): string | null {
    const isKnown = from >= this.#writtenFrom && to <= this.#writtenTo;
    if (to <= from || !(isKnown || this.#isAsWritten(from, to))) return null;
    const start = this.starts[this.#writtenFrom]! + from - this.#writtenFrom;
    return this.source.slice(start, start + to - from);
  }

  #isAsWritten(from: number, to: number): boolean {
    const { codes, source } = this;
    const start = this.starts[from]!;
    for (let at = from; at < to; at += 1)
      if (codes[at] !== source.charCodeAt(start + at - from)) return false;
    this.#writtenFrom = from;
    this.#writtenTo = to;
    return true;
  }

  /** Unit of the line end after `from`; of a line of more than `max` units, where a word in them ends. */
  pieceEnd(from: number, max: number): number {
    const to = this.lineEnd(from, max);
    if (to < from + max || to >= this.count || this.codes[to] === NEWLINE) return to;
    for (let at = to; at > from; at -= 1) if (endsWord(this.codes[at]!)) return at;
    return to;
  }

  /** Unit of the line end after `from`, at most `max` units on; the window's end when there is none. */
  lineEnd(from: number, max: number): number {
    const to = Math.min(this.count, from + max);
    const { codes } = this;
    for (let at = from; at < to; at += 1) if (codes[at] === NEWLINE) return at;
    return to;
  }

  /** Drops the units before `from` and reads on. What was unit i is now unit i − from. */
  refill(from: number): void {
    this.#writtenTo = 0;
    if (from > 0) {
      this.codes.copyWithin(0, from, this.count);
      this.starts.copyWithin(0, from, this.count);
      this.ends.copyWithin(0, from, this.count);
      this.flags.copyWithin(0, from, this.count);
      this.count -= from;
    }
    while (this.count < this.#window && this.#at < this.source.length) {
      this.#readPlain();
      if (this.count < this.#window && this.#at < this.source.length) this.#readOne();
    }
  }

  /** The run of characters that stand for themselves, as nearly all do. */
  #readPlain(): void {
    const { source, codes, starts, ends, flags } = this;
    const plain = this.#tags === null ? PLAIN_IN_TEXT : PLAIN_IN_HTML;
    const to = Math.min(source.length, this.#at + this.#window - this.count);
    let at = this.#at;
    let count = this.count;
    for (; at < to; at += 1, count += 1) {
      const code = source.charCodeAt(at);
      if (code >= 0x80 || plain[code] === 0) break;
      codes[count] = code;
      starts[count] = at;
      ends[count] = at + 1;
      flags[count] = 0;
    }
    this.#at = at;
    this.count = count;
  }

  #readOne(): void {
    const start = this.#at;
    const code = this.source.codePointAt(start)!;
    if (code === 0x3c && this.#tags !== null && this.#readTag(this.#tags)) return;
    if (code === 0x26 && this.#readEntity()) return;
    if (code === 0x2a && this.#isBoldInside(start)) {
      this.#at = start + 2;
      return;
    }
    this.#at = start + (code > 0xffff ? 2 : 1);
    if (code === 0x5c && this.#isEscapedHyphen()) return;
    if (code === 0x0d && this.source.charCodeAt(this.#at) === 0x0a) this.#at += 1;
    this.#push(code, start, 0);
  }

  #readTag(tags: TagReader): boolean {
    const start = this.#at;
    const effect = tags.read(start);
    if (effect === null) return false;
    this.#at = tags.end;
    if (effect !== INVISIBLE) this.#put(effect, start, 0);
    return true;
  }

  #readEntity(): boolean {
    const start = this.#at;
    ENTITY.lastIndex = start;
    const written = ENTITY.exec(this.source)?.[0];
    if (written === undefined) return false;
    const bare = written.replaceAll(/amp;/gi, '');
    const decoded = decodeHTML(bare.length > 1 ? bare : '&amp;');
    if (decoded === bare && bare.length > 1) return false;
    this.#at = start + written.length;
    for (const character of decoded) this.#push(character.codePointAt(0)!, start, FLAG_ENTITY);
    return true;
  }

  #push(code: number, start: number, flags: number): void {
    const folded = fold(code);
    if (folded === INVISIBLE) {
      if (code === 0xad && this.#isLineEnd()) this.#put(0x2d, start, flags);
      return;
    }
    if (folded === EN_DASH && this.#endsInAcePrefix()) {
      // `xn--` set by a typographer: two hyphens became an en dash.
      this.#put(0x2d, start, flags);
      this.#put(0x2d, start, flags);
      return;
    }
    if (this.#isCollapsed(folded)) return;
    this.#put(folded >= 0xd800 && folded <= 0xdfff ? 0xfffd : folded, start, flags);
  }

  /** White space in HTML's source is one space to a reader, none after a line end. */
  #isCollapsed(folded: number): boolean {
    if (this.#tags === null || this.#keepsSpace || this.#tags.isPreformatted) return false;
    if (folded !== SPACE && folded !== NEWLINE) return false;
    const before = this.count > 0 ? this.codes[this.count - 1]! : NEWLINE;
    if (before !== SPACE && before !== NEWLINE) this.#put(SPACE, this.#at - 1, 0);
    return true;
  }

  #put(code: number, start: number, flags: number): void {
    const at = this.count;
    this.codes[at] = code;
    this.starts[at] = start;
    this.ends[at] = this.#at;
    this.flags[at] = flags;
    this.count = at + 1;
  }

  /** `**evil**[.]**com**`: Markdown's marks of bold between the parts of a name. */
  #isBoldInside(start: number): boolean {
    if (this.source.charCodeAt(start + 1) !== 0x2a || this.count === 0) return false;
    const before = this.codes[this.count - 1]!;
    const after = this.source.charCodeAt(start + 2);
    if (isAsciiAlphanumeric(before)) {
      const isMark = after === 0x5b || after === 0x28;
      return isMark || (after === 0x2e && isAsciiAlphanumeric(this.source.charCodeAt(start + 3)));
    }
    return (before === 0x5d || before === 0x29 || before === 0x2e) && isAsciiAlphanumeric(after);
  }

  /** Markdown writes `my\-name` and `my\_name` inside a word. */
  #isEscapedHyphen(): boolean {
    const next = this.source.charCodeAt(this.#at);
    if ((next !== 0x2d && next !== 0x5f) || this.count === 0) return false;
    return (
      isAsciiAlphanumeric(this.codes[this.count - 1]!) &&
      isAsciiAlphanumeric(this.source.charCodeAt(this.#at + 1))
    );
  }

  #isLineEnd(): boolean {
    return this.#at < this.source.length && fold(this.source.charCodeAt(this.#at)) === NEWLINE;
  }

  #endsInAcePrefix(): boolean {
    const at = this.count;
    return at >= 2 && (this.codes[at - 1]! | 0x20) === 0x6e && (this.codes[at - 2]! | 0x20) === 0x78;
  }
}

/** A space, a comma, a semicolon, a bar, the edge of a cell. */
const endsWord = (code: number): boolean =>
  code === SPACE || code === 0x2c || code === 0x3b || code === 0x7c || code === 0x09 || code === CELL;
