// Steps over HTML tags, comments, scripts and styles in one forward pass, saying what each leaves behind for a reader of text.
//
// Linear: every search either ends at what is then stepped over, or fails, and a search that failed once is not made again.
import { CELL, INVISIBLE, NEWLINE, SPACE } from '../characters.ts';

/** Tags that a reader does not see: what stands before and after them touches. */
const INLINE = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr o:p q s samp small span strike strong tt u var wbr'.split(
    ' ',
  ),
);
const HIDDEN = new Set(['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'object', 'head']);
const APART = new Set(['sup', 'sub', 'img', 'input', 'button']);

const ROWS = new Set(['tr', 'table', 'tbody', 'thead', 'tfoot']);

const TAG_NAME = /[a-z][a-z0-9:-]{0,31}/iy;

/** An element that holds what readers say of a page, by its class or its id. */
const OF_READERS =
  /<(div|section|ol|ul|aside)\b(?=[^<>]{0,400}?\b(?:class|id)\s{0,2}=\s{0,2}["'](?:[^"']{0,200}\s)?(?:comments?-?list|comments?-(?:area|section|wrapper|container)|comments|disqus_thread)[\s"'])[^<>]{0,800}>/gi;

/** Where readers' comments begin and end in a page: to the end of their element, or of the page. */
export function commentsIn(source: string): { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = [];
  OF_READERS.lastIndex = 0;
  for (let opened = OF_READERS.exec(source); opened !== null; opened = OF_READERS.exec(source)) {
    const to = endOfElement(source, opened[1]!, OF_READERS.lastIndex);
    found.push({ from: opened.index, to });
    OF_READERS.lastIndex = to;
  }
  return found;
}

function endOfElement(source: string, name: string, from: number): number {
  const tag = new RegExp(`<(/?)${name}\\b`, 'gi');
  tag.lastIndex = from;
  let depth = 1;
  for (let next = tag.exec(source); next !== null; next = tag.exec(source)) {
    depth += next[1] === '/' ? -1 : 1;
    if (depth === 0) return next.index;
  }
  return source.length;
}

export class TagReader {
  readonly #source: string;
  /** Texts that do not occur any more in what is left of the source. */
  readonly #absent = new Set<string>();
  /** A tag's quotes ran to the end of the source: from then on quotes mean nothing. */
  #quotesBroken = false;
  /** Just past the last tag read. */
  end = 0;
  /** Inside a table's cell, where paragraphs and line breaks do not end the row. */
  #isInCell = false;
  /** Inside `<pre>` or `<textarea>`, where line ends are line ends. */
  isPreformatted = false;

  constructor(source: string) {
    this.#source = source;
  }

  /** @returns the code the tag leaves (INVISIBLE for none), or null when no tag begins at `at` */
  read(at: number): number | null {
    const next = this.#source.charCodeAt(at + 1);
    if (next === 0x21 || next === 0x3f) return this.#readDeclaration(at);
    const isClosing = next === 0x2f;
    TAG_NAME.lastIndex = at + (isClosing ? 2 : 1);
    const name = TAG_NAME.exec(this.#source)?.[0].toLowerCase();
    if (name === undefined) return null;
    const end = this.#endOfTag(TAG_NAME.lastIndex);
    if (end < 0) return null;
    this.end = end;
    if (HIDDEN.has(name) && !isClosing) this.#skipHidden(name);
    if (name === 'pre' || name === 'textarea') this.isPreformatted = !isClosing;
    if (INLINE.has(name)) return INVISIBLE;
    if (name === 'td' || name === 'th') {
      this.#isInCell = !isClosing;
      return CELL;
    }
    if (ROWS.has(name)) this.#isInCell = false;
    return APART.has(name) || this.#isInCell ? SPACE : NEWLINE;
  }

  #readDeclaration(at: number): number | null {
    const isComment = this.#source.startsWith('<!--', at);
    const found = isComment ? this.#find('-->', at + 4) : -1;
    const end = found >= 0 ? found + 3 : this.#find('>', at) + 1;
    if (end <= 0) return null;
    this.end = end;
    return INVISIBLE;
  }

  /** Past the `>`; an attribute's quoted value may hold one. */
  #endOfTag(from: number): number {
    const source = this.#source;
    const first = this.#find('>', from);
    if (first < 0 || this.#quotesBroken) return first < 0 ? -1 : first + 1;
    let afterEquals = false;
    for (let at = from; at < source.length; at += 1) {
      const code = source.charCodeAt(at);
      if (code === 0x3e) return at + 1;
      if (afterEquals && (code === 0x22 || code === 0x27)) {
        const close = this.#find(code === 0x22 ? '"' : "'", at + 1);
        if (close >= 0) at = close;
      }
      if (code > 0x20) afterEquals = code === 0x3d;
    }
    this.#quotesBroken = true;
    return first + 1;
  }

  #skipHidden(name: string): void {
    const close = this.#find(`</${name}`, this.end);
    if (close >= 0) {
      this.end = close;
      return;
    }
    // Not closed: a browser shows nothing more after a script, but everything after the rest.
    if (name === 'script' || name === 'style') this.end = this.#source.length;
  }

  #find(text: string, from: number): number {
    if (this.#absent.has(text)) return -1;
    const found = text.startsWith('</') ? this.#findAnyCase(text, from) : this.#source.indexOf(text, from);
    if (found < 0) this.#absent.add(text);
    return found;
  }

  #findAnyCase(text: string, from: number): number {
    const pattern = new RegExp(text, 'gi');
    pattern.lastIndex = from;
    return pattern.exec(this.#source)?.index ?? -1;
  }
}
