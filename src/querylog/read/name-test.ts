// Which names of a stretch are meant by part of a name or a pattern: looked for in the packed names themselves.
import { turned } from '../names.ts';
import { unpack } from '../octets.ts';

const LINE_FEED = 0x0a;

export class NameTest {
  /** The part; of a pattern the longest that every name must have. */
  readonly #part: string;
  /** As it stands in a piece. */
  readonly #needle: Buffer;
  readonly #pattern: RegExp | null;

  /** @param wanted part of a name, or with `*` or `?` a pattern of the whole; lower case */
  constructor(wanted: string) {
    const isPattern = /[*?]/.test(wanted);
    const literals = wanted.split(/[*?]+/).sort((a, b) => b.length - a.length);
    this.#part = literals[0] ?? '';
    this.#needle = Buffer.from(turned(this.#part), 'latin1');
    this.#pattern = isPattern ? expressionOf(wanted) : null;
  }

  takes(name: string): boolean {
    return this.#pattern === null ? name.includes(this.#part) : this.#pattern.test(name);
  }

  /** Adds the numbers of a piece's names that are meant. @param first number of its first name */
  find(body: Uint8Array, first: number, into: Set<number>): void {
    const text = Buffer.from(unpack(body));
    let line = 0;
    let lineAt = 0;
    for (let at = text.indexOf(this.#needle); at >= 0 && at < text.length; ) {
      for (let i = lineAt; i < at; i += 1)
        if (text[i] === LINE_FEED) {
          line += 1;
          lineAt = i + 1;
        }
      const end = text.indexOf(LINE_FEED, at);
      if (this.#pattern === null || this.#pattern.test(turned(text.toString('latin1', lineAt, end))))
        into.add(first + line);
      line += 1;
      lineAt = end + 1;
      at = text.indexOf(this.#needle, end + 1);
    }
  }
}

function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`);
}
