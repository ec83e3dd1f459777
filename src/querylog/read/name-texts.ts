// Names of blocks by their numbers: pieces are unpacked when one of their names is wanted, and kept for a while.
import { numberIn, type Row } from '../../hits/store/row.ts';
import { turned } from '../names.ts';
import { unpack } from '../octets.ts';

const LINE_FEED = 0x0a;
/** Pieces kept unpacked, some 300 KB each. */
const PIECES_MAX = 64;
const LINES_A_MARK = 64;

class Piece {
  readonly #first: number;
  readonly #text: Buffer;
  /** Where every LINES_A_MARKth line begins. */
  readonly #marks: number[] = [0];

  constructor(first: number, body: Uint8Array) {
    this.#first = first;
    this.#text = Buffer.from(unpack(body));
    let lines = 0;
    for (let at = this.#text.indexOf(LINE_FEED); at >= 0; at = this.#text.indexOf(LINE_FEED, at + 1)) {
      lines += 1;
      if (lines % LINES_A_MARK === 0) this.#marks.push(at + 1);
    }
  }

  nameOf(number: number): string {
    const line = number - this.#first;
    let at = this.#marks[Math.floor(line / LINES_A_MARK)] ?? 0;
    for (let left = line % LINES_A_MARK; left > 0; left -= 1) at = this.#text.indexOf(LINE_FEED, at) + 1;
    return turned(this.#text.toString('latin1', at, this.#text.indexOf(LINE_FEED, at)));
  }
}

/** Names of a piece by their places, which rise. */
export function* namesAt(body: Uint8Array, places: Iterable<number>): Generator<string> {
  const text = Buffer.from(unpack(body));
  let [line, at] = [0, 0];
  for (const place of places) {
    for (; line < place; line += 1) at = text.indexOf(LINE_FEED, at) + 1;
    yield turned(text.toString('latin1', at, text.indexOf(LINE_FEED, at)));
  }
}

/** The log's database, as far as names are read from it. */
interface Rows {
  get(sql: string, ...values: (number | string)[]): Row | undefined;
}

export class NameTexts {
  readonly #log: Rows;
  readonly #pieces = new Map<number, Piece>();

  constructor(log: Rows) {
    this.#log = log;
  }

  nameOf(stretch: number, number: number): string {
    const row = this.#log.get(
      'SELECT id, first FROM pieces WHERE stretch = ? AND first <= ? ORDER BY first DESC LIMIT 1',
      stretch,
      number,
    );
    const id = numberIn(row, 'id');
    let piece = this.#pieces.get(id);
    if (piece === undefined) {
      const body = this.#log.get('SELECT body FROM pieces WHERE id = ?', id)?.['body'];
      if (!(body instanceof Uint8Array)) return 'unknown';
      if (this.#pieces.size >= PIECES_MAX) this.#pieces.delete(this.#pieces.keys().next().value ?? 0);
      piece = new Piece(numberIn(row, 'first'), body);
      this.#pieces.set(id, piece);
    }
    return piece.nameOf(number);
  }
}
