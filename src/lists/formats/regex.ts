// Expressions, one a line, as Pi-hole's regex filters are written: POSIX extended with the classes of TRE, and options behind `;`.
import type { Rewrite } from '../../policy/rule.ts';
import { recordFamily } from '../../wire/names/address.ts';
import { textToType } from '../../wire/records/iana.ts';
import type { SkipReason } from '../entry/problems.ts';
import { EXACT, type Format, type Shape, type Sink, shape } from '../format.ts';
import { LineParser, type OnLine } from './lines.ts';

const HASH = 0x23;
const decoder = new TextDecoder();

/** Whether a text between slashes speaks as an expression: `/word/` is a path, too, and is found in names without number. */
export function hasExpressionMarks(text: string): boolean {
  return /[\\^$()[\]*+|{]/.test(text);
}

/** Whether a line is an expression without slashes around it, which no name and no rule of another format looks like. */
export function isBareExpression(line: string): boolean {
  return (
    /^(?:\^[^|\s]|\(\^\||\(\\\.\|\^\))/.test(line) ||
    (/^[^/|@!\s][^\s]*\\[.dwbs-]/.test(line) && !/^[^\\]*[$=]/.test(line))
  );
}

class RegexReader {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  readonly onLine: OnLine = (bytes, start, end, line) => {
    if (bytes[start] === HASH) return;
    const text = decoder.decode(bytes.subarray(start, end));
    const [source, ...options] = withoutRemark(text).split(';');
    const found = shapeOf(options);
    if (typeof found === 'string') this.#sink.skipText(found, line, text);
    else this.#sink.pattern(source ?? '', found, line);
  };
}

/** A remark stands behind a blank, which no name holds. */
const withoutRemark = (text: string): string => text.replace(/(?<!\s)\s+#.*$/, '');

function shapeOf(options: readonly string[]): Shape | SkipReason {
  let types: Pick<Shape, 'types' | 'typesNegated'> | null = null;
  let rewrite: Rewrite | null = null;
  for (const option of options) {
    const key = (/^[a-z]*/i.exec(option.trimStart())?.[0] ?? '').toLowerCase();
    const value = option.trimStart().slice(key.length).trimStart().replace(/^=/, '').trim();
    if (key === 'querytype') {
      types = typesOf(value);
      if (types === null) return 'bad-syntax';
    } else if (key !== 'reply') return 'unsupported-modifier';
    else if (!/^(IP|NULL)$/i.test(value)) {
      rewrite = replyOf(value);
      if (rewrite === null) return 'unsupported-modifier';
    }
  }
  return types === null && rewrite === null ? EXACT : shape('exact', { ...types, rewrite });
}

/** `A,AAAA`; `!A` is every other type. */
function typesOf(value: string): Pick<Shape, 'types' | 'typesNegated'> | null {
  const typesNegated = value.startsWith('!');
  const types = value
    .replace(/^!/, '')
    .split(',')
    .map((text) => textToType(text.trim()));
  const known = types.flatMap((type) => type ?? []);
  return known.length < types.length ? null : { types: known, typesNegated };
}

function replyOf(value: string): Rewrite | null {
  if (recordFamily(value) !== 0) return { kind: 'address', addresses: [value.toLowerCase()] };
  const rcode = value.toLowerCase();
  return rcode === 'nodata' || rcode === 'nxdomain' || rcode === 'refused' ? { kind: 'rcode', rcode } : null;
}

export const regex: Format = {
  name: 'regex',
  open(sink) {
    return new LineParser({
      onLine: new RegexReader(sink).onLine,
      onLong: (bytes, start, end, line) => sink.skip('line-too-long', line, bytes, start, end),
    });
  },
};
