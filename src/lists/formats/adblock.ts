// Adblock syntax as DNS filters read it (AdGuard's dialect): names, exceptions, modifiers, expressions; hosts and plain lines too.
import { hostToName, nameToText } from '../../wire/names/presentation.ts';
import { EXACT, type Format, type Shape, type Sink, SUBTREE, shape } from '../format.ts';
import { type ReadModifiers, readModifiers } from './adblock-modifiers.ts';
import { type AdblockTarget, readTarget } from './adblock-pattern.ts';
import { cancelKey, UsualModifiers, usualNameEnd } from './adblock-usual.ts';
import { HostAddresses, readHostsLine, restIsComment, tokenEnd } from './hosts.ts';
import { LineParser, type OnLine } from './lines.ts';
import { hasExpressionMarks } from './regex.ts';
import { Repeated } from './repeated.ts';

const PIPE = 0x7c;
const AT = 0x40;
const CARET = 0x5e;
const HASH = 0x23;
const SPACE = 0x20;
const STAR = 0x2a;
const HYPHEN = 0x2d;
const DOT = 0x2e;

const ALLOW_SUBTREE: Shape = shape('subtree', { action: 'allow' });

/** Octets that make a line more than `||name^`. */
const SPECIAL = new Uint8Array(256);
for (const character of '*/$^|:?=&%#, \t@~') SPECIAL[character.charCodeAt(0)] = 1;

/** Marks of rules that hide parts of pages. */
const COSMETIC = /#@?[?$%]*#|#@?%#|\$@?\$|#@?\$\??#/;

const RULE =
  /^(\|\|\S|@@|\|[^\s|]+\|?$)|\^(\$|\||$)|^[^\s#]*##[^#\s]|#@#|#\?#|#\$#|^\*?\$[a-z]|\$(important|dnstype|client|denyallow|dnsrewrite|badfilter|ctag)/;

/** Whether a line is a rule of Adblock's and nothing else: no name, no address, no path. */
export function isAdblockRule(line: string): boolean {
  return RULE.test(line) || (/^\/.+\/(\$|$)/.test(line) && hasExpressionMarks(line));
}

const decoder = new TextDecoder();

type Covered = Exclude<AdblockTarget, { readonly kind: 'skip' }>;

class AdblockReader {
  readonly #sink: Sink;
  readonly #addresses = new HostAddresses();
  readonly #rules: AdblockRules;

  constructor(sink: Sink) {
    this.#sink = sink;
    this.#rules = new AdblockRules(sink);
  }

  readonly onLine: OnLine = (bytes, start, end, line) => {
    const first = bytes[start]!;
    if (first === 0x21 || first === 0x5b || first === 0x3b) return; // ! [ ;
    const isQuick = !this.#sink.cancels.hasKeys;
    if (isQuick && first === PIPE && bytes[start + 1] === PIPE && isPlain(bytes, start + 2, end))
      return this.#sink.host(bytes, start + 2, end - 1, SUBTREE, line);
    if (
      isQuick &&
      first === AT &&
      bytes[start + 1] === AT &&
      bytes[start + 2] === PIPE &&
      bytes[start + 3] === PIPE &&
      isPlain(bytes, start + 4, end)
    )
      return this.#sink.host(bytes, start + 4, end - 1, ALLOW_SUBTREE, line);
    if (this.#rules.readUsual(bytes, start, end, line)) return;
    if (first === HASH && !isCosmeticStart(bytes, start, end)) return;
    if (first === 0x2f && bytes[start + 1] === 0x2f) return;
    if (readHostsLine(this.#addresses, this.#sink, bytes, start, end, line)) return;
    if (this.#readPlain(bytes, start, end, line)) return;
    this.#rules.read(decoder.decode(bytes.subarray(start, end)), line);
  };

  /** `name`, with or without a comment behind. */
  #readPlain(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    const stop = tokenEnd(bytes, start, end);
    for (let i = start; i < stop; i += 1) if (SPECIAL[bytes[i]!] === 1) return false;
    if (stop < end && (bytes[stop]! > SPACE || !restIsComment(bytes, stop, end))) return false;
    const first = bytes[start];
    // `-word`, `word-`, `word.`, `*.name`, `.name` are found inside names; a whole name with its last dot is that name.
    if (first === HYPHEN || bytes[stop - 1] === HYPHEN || first === STAR || first === DOT) return false;
    if (bytes[stop - 1] === DOT && bytes.indexOf(DOT, start) === stop - 1) return false;
    this.#sink.host(bytes, start, stop, EXACT, line);
    return true;
  }
}

/** Rules that are more than a name: what each says goes into the sink. */
export class AdblockRules {
  readonly #sink: Sink;
  /** One shape object for each distinct set of modifiers. */
  readonly #shapes = new Repeated<Shape>(SHAPES_MAX);
  readonly #usual = new UsualModifiers((said) => this.#shapeOf(said));

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Reads `[@@]||name^[$modifiers]` from its octets, which most rules are; false, and nothing read, where `read` has to. */
  readUsual(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    const isAllow = bytes[start] === AT && bytes[start + 1] === AT;
    const from = isAllow ? start + 2 : start;
    const caret = usualNameEnd(bytes, from, end);
    if (caret < 0) return false;
    const { cancels } = this.#sink;
    const usual = this.#usual.of(bytes, caret + 1, end, isAllow);
    if (usual === null || (usual.found?.firm === true && (isAllow || cancels.hasTakenBack))) return false;
    const { reason, found } = usual;
    if (found === null) this.#sink.skip(reason, line, bytes, start, end);
    else if (usual.badfilter && !found.firm)
      this.#sink.cancel(cancels.isFull ? '' : usual.keyOf(bytes, from, caret + 1));
    else if (
      cancels.hasKeys &&
      cancels.mayHave(bytes, from, caret + 1) &&
      cancels.has(usual.keyOf(bytes, from, caret + 1))
    )
      this.#sink.skip('cancelled', line, bytes, start, end);
    else this.#sink.host(bytes, from + 2, caret, found, line);
    return true;
  }

  read(text: string, line: number): void {
    if (!/^\/.*\/(\$|$)/.test(text) && COSMETIC.test(text)) {
      this.#sink.skipText('cosmetic', line, text);
      return;
    }
    const allow = text.startsWith('@@');
    const rule = allow ? text.slice(2) : text;
    const dollar = modifiersAt(rule);
    const read = dollar < 0 ? NO_MODIFIERS : readModifiers(rule.slice(dollar + 1));
    if (typeof read === 'string') {
      this.#sink.skipText(read, line, text);
      return;
    }
    const { said } = read;
    const what = dollar < 0 ? rule : rule.slice(0, dollar);
    const target = readTarget(what, !allow && dollar < 0);
    if (target.kind === 'skip') {
      this.#sink.skipText(target.reason, line, text);
      return;
    }
    if (allow && said.rewrite !== undefined) {
      this.#takeBack(target, read, text, line);
      return;
    }
    const scope = target.kind === 'host' ? target.scope : 'exact';
    const firm = said.rewrite !== undefined;
    const found = this.#shapeOf({ ...said, scope, firm, ...(allow ? { action: 'allow' as const } : {}) });
    // The engine takes no rewrite back by its text.
    const key = (): string => cancelKey(what + read.tags, found);
    const { cancels } = this.#sink;
    if (read.badfilter && !firm) this.#sink.cancel(key());
    else if (cancels.hasKeys && cancels.has(key())) this.#sink.skipText('cancelled', line, text);
    else this.#add(target, found, text, line);
  }

  #add(target: Covered, said: Shape, text: string, line: number): void {
    const except = said.firm ? this.#takenBack(target, said) : [];
    if (except === null) {
      this.#sink.skipText('cancelled', line, text);
      return;
    }
    const found =
      except.length === 0
        ? said
        : this.#shapeOf({ ...said, except: [...(said.except ?? []), ...except].sort() });
    if (target.kind === 'pattern') this.#sink.pattern(target.source, found, line);
    else if (target.loose === undefined) this.#sink.hostText(target.host, found, line);
    else this.#sink.fragment(target.host, target.loose, found, line);
  }

  /** `@@||name^$dnsrewrite`: every rewrite of the name and of all below, with a value that one. Names of other shapes and conditions stay skipped. */
  #takeBack(target: Covered, { said, takesAll }: ReadModifiers, text: string, line: number): void {
    const host = target.kind === 'host' && target.scope === 'subtree' ? hostToName(target.host) : null;
    const isConditional = said.types !== undefined || said.clients !== undefined || said.except !== undefined;
    if (host === null || isConditional) this.#sink.skipText('unsupported-modifier', line, text);
    else
      this.#sink.takeBack({
        host: nameToText(host),
        rewrite: takesAll ? null : JSON.stringify(said.rewrite),
        important: said.important === true,
      });
  }

  /** @returns names that a rewriting rule does not cover; null when that is all of it */
  #takenBack(target: Covered, { rewrite, important }: Shape): readonly string[] | null {
    const host = target.kind === 'host' ? hostToName(target.host) : null;
    return this.#sink.cancels.exceptFrom(host && nameToText(host), JSON.stringify(rewrite), important);
  }

  #shapeOf(said: Partial<Shape> & Pick<Shape, 'scope'>): Shape {
    const made = shape(said.scope, said);
    if (!this.#shapes.isWorth) return made;
    const key = shapeKey(made);
    return this.#shapes.get(key) ?? this.#shapes.set(key, made);
  }
}

/** One text for shapes of rules that say the same. */
function shapeKey({
  action,
  scope,
  important,
  types,
  typesNegated,
  clients,
  except,
  rewrite,
  firm,
}: Shape): string {
  const flags = `${scope} ${action} ${important ? 1 : 0}${firm ? 1 : 0}${typesNegated ? 1 : 0}`;
  const own = rewrite === null ? '' : JSON.stringify(rewrite);
  return `${flags} ${types?.join() ?? '-'} ${clients?.join() ?? '-'} ${except?.join() ?? '-'} ${own}`;
}

/** Shapes remembered; a real list has a handful. */
const SHAPES_MAX = 4096;

const NO_MODIFIERS: ReadModifiers = { badfilter: false, said: {}, tags: '', takesAll: false };

/** `…^` and nothing special before the caret. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[end - 1] !== CARET || end - start < 2) return false;
  for (let i = start; i < end - 1; i += 1) if (SPECIAL[bytes[i]!] === 1) return false;
  return true;
}

/** `##.banner` and its kin hide something everywhere; `# text` and `#####` are comments. */
function isCosmeticStart(bytes: Uint8Array, start: number, end: number): boolean {
  const second = bytes[start + 1] ?? SPACE;
  if (start + 2 >= end) return false;
  if (second === HASH) return bytes[start + 2]! > SPACE && bytes[start + 2] !== HASH;
  return (
    '@?$%'.includes(String.fromCharCode(second)) &&
    bytes.subarray(start + 2, Math.min(end, start + 5)).includes(HASH)
  );
}

/** Where the `$` before the modifiers stands; −1 without modifiers. An expression's own `$` is none. */
function modifiersAt(rule: string): number {
  if (rule.startsWith('/')) {
    const close = rule.lastIndexOf('/$');
    if (close > 0) return close + 1;
    if (rule.length > 1 && rule.endsWith('/')) return -1;
  }
  for (let i = 0; i < rule.length; i += 1) if (rule[i] === '$' && rule[i - 1] !== '\\') return i;
  return -1;
}

export const adblock: Format = {
  name: 'adblock',
  open(sink) {
    return new LineParser({
      onLine: new AdblockReader(sink).onLine,
      onLong: (bytes, start, end, line) => sink.skip('line-too-long', line, bytes, start, end),
    });
  },
};
