// Reads the comparisons of a STIX pattern (STIX 2.1 §9): which object's which property is compared with which value.
//
// Only what names and addresses need: strings compared with =, IN, LIKE, MATCHES, and networks with ISSUBSET, ISSUPERSET. Qualifiers and observation operators join comparisons
// and change none. A negated comparison (!=, NOT) names nothing. Linear, never throws.

export interface PatternTerm {
  /** `domain-name:value`, without the spaces and quotation marks it was written with. */
  readonly path: string;
  readonly value: string;
  /** The path is that of a name or of a URL. */
  readonly isName: boolean;
  readonly operator: '=' | 'LIKE' | 'MATCHES';
}

/** Comments, constants, words and paths, signs. A quote that is not closed comes as a sign. */
const TOKEN =
  /\s*(?:\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|([bht]?)'([^'\\]*(?:\\[\s\S][^'\\]*)*)'|([a-z0-9_][a-z0-9_-]*)|(!=|<>|>=|<=|\S))/iy;

const NAME_PATHS =
  /^(x-)?(domain-name|hostname|url|host):|:(domain|hostname)$|^network-traffic:(.*(domain|host)|(dst|src)_ref\.value$)|request_header\.host$/;
const LENGTH_MAX = 262_144;
/** Words that join comparisons, or qualify an observation. */
const JOINTS: ReadonlySet<string> = new Set([
  'and',
  'or',
  'followedby',
  'within',
  'repeats',
  'times',
  'seconds',
  'start',
  'stop',
  'exists',
]);

/** What is compared is one of these, or lies in this network, or holds it: the network is what is named. */
const SAME: ReadonlySet<string> = new Set(['in', 'issubset', 'issuperset']);

export function readPattern(pattern: string): PatternTerm[] {
  const reader = new PatternReader();
  const source = pattern.slice(0, LENGTH_MAX);
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(source); match !== null; match = TOKEN.exec(source)) {
    const [, prefix = '', constant, word, sign] = match;
    if (constant !== undefined) reader.constant(constantText(prefix, constant));
    else if (word !== undefined) reader.word(word);
    else if (sign === "'") break;
    else if (sign !== undefined) reader.sign(sign);
  }
  return reader.terms;
}

class PatternReader {
  readonly terms: PatternTerm[] = [];
  #path = '';
  #operator: PatternTerm['operator'] | '' = '';
  /** The next word or constant belongs to the path. */
  #isInPath = false;
  #isNegated = false;
  /** Per open parenthesis: whether what is in it is negated. */
  readonly #negated: boolean[] = [];
  #willNegate = false;

  word(word: string): void {
    const lower = word.toLowerCase();
    if (this.#isInPath) this.#path += lower;
    else if (lower === 'not') {
      if (this.#path === '') this.#willNegate = !this.#willNegate;
      else this.#isNegated = true;
    } else if (SAME.has(lower)) this.#operator = '=';
    else if (lower === 'like') this.#operator = 'LIKE';
    else if (lower === 'matches') this.#operator = 'MATCHES';
    else if (JOINTS.has(lower)) this.#begin('');
    else this.#begin(lower);
    this.#isInPath = false;
  }

  constant(text: string): void {
    if (this.#isInPath || (this.#operator === '' && this.#path !== '')) {
      // A step of the path may be quoted: `extensions.'http-request-ext'`.
      this.#path += text.toLowerCase();
      this.#isInPath = false;
    } else if (this.#path !== '' && this.#operator !== '' && !this.#isOff())
      this.terms.push({
        path: this.#path,
        value: text,
        isName: NAME_PATHS.test(this.#path),
        operator: this.#operator,
      });
  }

  sign(sign: string): void {
    if (sign === ':' || sign === '.') {
      if (this.#path !== '' && this.#operator === '')
        [this.#path, this.#isInPath] = [this.#path + sign, true];
    } else if (sign === '=') this.#operator = '=';
    else if (sign === '!=' || sign === '<>') [this.#operator, this.#isNegated] = ['=', true];
    else if (sign === '(') {
      if (this.#operator === '') {
        this.#negated.push(this.#willNegate !== (this.#negated.at(-1) ?? false));
        this.#willNegate = false;
        this.#begin('');
      } else this.#negated.push(this.#negated.at(-1) ?? false);
    } else if (sign === ')') this.#negated.pop();
    else if (sign === '[' && this.#path === '') this.#begin('');
    else if (sign === ']' && this.#operator !== '') this.#begin('');
  }

  #begin(path: string): void {
    const isNegated = this.#willNegate;
    [this.#path, this.#operator, this.#isNegated] = [path, '', isNegated && path !== ''];
    if (path !== '') this.#willNegate = false;
  }

  #isOff(): boolean {
    return this.#isNegated !== (this.#negated.at(-1) ?? false);
  }
}

function constantText(prefix: string, written: string): string {
  const kind = prefix.toLowerCase();
  if (kind === 'b') return Buffer.from(written, 'base64').toString('latin1');
  if (kind === 'h') return Buffer.from(written, 'hex').toString('latin1');
  return written.replaceAll(/\\([\s\S])/g, '$1');
}

/** What a LIKE or an anchored MATCHES on names means as a rule; null when a list of names cannot hold it. */
export function ruleOf({
  operator,
  value,
}: PatternTerm): { value: string; scope: 'subtree' | 'below' | 'exact' } | null {
  if (operator === '=') return { value, scope: 'subtree' };
  return operator === 'LIKE' ? likeRule(value) : matchesRule(value);
}

/** `%.evil.com`, `https://evil.com/%`, `%://evil.com/%`, `evil.com`. */
function likeRule(value: string): ReturnType<typeof ruleOf> {
  const below = /^%\.([^%_/:]+)$/.exec(value)?.[1];
  if (below !== undefined) return { value: below, scope: 'below' };
  const url = /^(?:%|[a-z]{2,8})?:\/\/(%\.)?([^%/]+)(\/.*|%)?$/i.exec(value);
  if (url !== null) return { value: url[2]!, scope: url[1] === undefined ? 'subtree' : 'below' };
  return value.includes('%') ? null : { value, scope: 'subtree' };
}

const LITERAL = '((?:[a-z0-9_-]+(?:\\\\\\.|\\[\\.\\]))+[a-z]{2,24})';
const ANY_LABELS =
  '(?:\\.\\*|\\.\\+|(?:\\[[^\\]]{1,40}\\]|\\\\w|\\\\S|\\([^()]{1,60}\\))[+*]?(?:\\{\\d+,?\\d*\\})?)+';
const HOST = new RegExp(
  `^\\^?(?:\\(\\^\\|\\\\\\.\\)|\\(\\?:\\^\\|\\\\\\.\\)|\\(\\.\\*\\\\\\.\\)\\?)${LITERAL}\\$?$`,
  'i',
);
const EXACT = new RegExp(`^\\^${LITERAL}\\$$`, 'i');
const BELOW = new RegExp(`^\\^?${ANY_LABELS}(?:\\\\\\.|\\[\\.\\])${LITERAL}\\$$`, 'i');
const IN_URL = new RegExp(
  `^\\^?(?:https?|https\\?|\\(https\\?\\))\\??:(?:\\\\/|/){2}${LITERAL}(?:\\\\/|/|\\$|$)`,
  'i',
);

/** `^evil\.com$`, `(^|\.)evil\.com$`, `^[a-z0-9]+\.evil\.com$`, `^https?://evil\.com/`. */
function matchesRule(value: string): ReturnType<typeof ruleOf> {
  const name = (found: RegExpExecArray): string => found[1]!.replaceAll(/\\\.|\[\.\]/g, '.');
  const exact = EXACT.exec(value);
  if (exact !== null) return { value: name(exact), scope: 'exact' };
  const host = HOST.exec(value) ?? IN_URL.exec(value);
  if (host !== null) return { value: name(host), scope: 'subtree' };
  const below = BELOW.exec(value);
  return below === null ? null : { value: name(below), scope: 'below' };
}
