// Which names of a stretch are meant by part of a name or a pattern: looked for in the packed names themselves.
import { isForeign, spelledName } from '../../wire/names/pasted-name.ts';
import { turned } from '../names.ts';
import { unpack } from '../octets.ts';

const LINE_FEED = 0x0a;

export class NameTest {
  /** What every name that is meant has, as it stands in a piece. */
  readonly #needle: Buffer;
  readonly takes: (name: string) => boolean;
  /** Whether each name that has the needle is meant. */
  readonly #isEnough: boolean;

  /** @param wanted part of a name, or with `*` or `?` a pattern of the whole; lower case, other letters than ASCII as they are */
  constructor(wanted: string) {
    const isPattern = /[*?]/.test(wanted);
    const isSpelled = isForeign(wanted);
    const [longest = ''] = wanted.split(/[*?]+/).sort((a, b) => b.length - a.length);
    this.#needle = Buffer.from(turned(isSpelled ? 'xn--' : longest), 'latin1');
    this.#isEnough = !isPattern && !isSpelled;
    const expression = isPattern ? expressionOf(wanted) : null;
    const isMeant = (name: string): boolean => expression?.test(name) ?? name.includes(wanted);
    this.takes = isSpelled ? (name) => isMeant(spelledName(name)) : isMeant;
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
      if (this.#isEnough || this.takes(turned(text.toString('latin1', lineAt, end)))) into.add(first + line);
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
  return new RegExp(`^${source}$`, 'u');
}
