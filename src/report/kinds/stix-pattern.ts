// Reads the comparisons of a STIX pattern (STIX 2.1 §9): which object's which property is compared with which value.
//
// Only what names need: strings compared with =, IN, LIKE, MATCHES. Qualifiers and observation operators join comparisons
// and change none. A negated comparison (!=, NOT) names nothing. Linear, never throws.

export interface PatternTerm {
  /** `domain-name:value` */
  readonly path: string;
  readonly value: string;
  /** The path is that of a name or of a URL. */
  readonly isName: boolean;
  /** Compared for equality; else the value is a pattern itself. */
  readonly isExact: boolean;
}

/** A string, an object path, a word, a sign. A quote that is not closed comes as a sign. */
const TOKEN =
  /\s*(?:'([^'\\]*(?:\\[\s\S][^'\\]*)*)'|([a-z0-9-]{1,64}:[^\s=!<>()[\]']+(?:\[[^\]]{0,64}\][^\s=!<>()[\]']*)*)|([A-Za-z]+)|(!=|<>|\S))/y;

const NAME_PATHS =
  /^(x-)?(domain-name|hostname|url|host):|:(domain|hostname)$|^network-traffic:(.*(domain|host)|(dst|src)_ref\.value$)/;
const LENGTH_MAX = 262_144;

export function readPattern(pattern: string): PatternTerm[] {
  const source = pattern.slice(0, LENGTH_MAX);
  const terms: PatternTerm[] = [];
  let path = '';
  let operator = '';
  let isNegated = false;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(source); match !== null; match = TOKEN.exec(source)) {
    const [, string, object, word, sign] = match;
    if (object !== undefined) [path, operator, isNegated] = [object, '', false];
    else if (string !== undefined) {
      if (path !== '' && operator !== '' && !isNegated) terms.push(termOf(path, operator, string));
    } else if (word !== undefined) {
      const upper = word.toUpperCase();
      if (upper === 'NOT') isNegated = true;
      else if (upper === 'IN' || upper === 'LIKE' || upper === 'MATCHES') operator = upper;
      else [path, operator] = ['', ''];
    } else if (sign === '=') operator = '=';
    else if (sign === "'") break;
    else if (sign === '!=' || sign === '<>') [operator, isNegated] = ['=', true];
  }
  return terms;
}

function termOf(path: string, operator: string, quoted: string): PatternTerm {
  return {
    path,
    value: quoted.replaceAll(/\\([\s\S])/g, '$1'),
    isName: NAME_PATHS.test(path),
    isExact: operator === '=' || operator === 'IN',
  };
}
