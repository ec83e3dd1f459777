// The kinds of setting a section is made of. Each reads its value strictly, says what it wants in words, and knows its
// JSON Schema; the sections next door put them together.
import { z } from 'zod';
import {
  durationText,
  noSuchDay,
  parseDuration,
  parseShare,
  parseSize,
  sizeText,
} from '../values/amounts.ts';
import type { ListExpiry } from '../values/list-words.ts';
import { nearest } from '../values/nearest.ts';
import { bad, good, type Parsed, quote } from '../values/parsed.ts';

/** What the reader of environment and files must know of a scalar setting. */
export interface Kind {
  readonly holds: 'text' | 'number' | 'boolean';
  /** Never repeated in a message. */
  readonly secret: boolean;
}
export const KINDS = z.registry<Kind>();

/** What a custom issue of ours carries beside its message. */
export interface Hint {
  readonly right: string | null;
}

interface LeafOptions<T> {
  readonly holds: Kind['holds'];
  readonly words: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly secret?: boolean;
  readonly read: (input: unknown) => Parsed<T>;
}

function leaf<T>({ holds, words, json, secret = false, read }: LeafOptions<T>) {
  const schema = z
    .custom<unknown>(() => true)
    .meta(json)
    .transform((input, context): T => {
      const parsed = input === undefined || input === null ? absent(input, words) : read(input);
      if (parsed.ok) return parsed.value;
      context.issues.push({ code: 'custom', message: parsed.wrong, input, params: { right: parsed.right } });
      return z.NEVER;
    });
  KINDS.add(schema, { holds, secret });
  return schema;
}

function absent(input: null | undefined, words: string): Parsed<never> {
  return bad(input === null ? 'the setting is empty' : 'the setting is missing', `it wants ${words}`);
}

/** What a value of the wrong type is, in words. */
export function typeInWords(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (input === null || input === undefined) return 'nothing';
  if (typeof input === 'object') return 'a section';
  return `${typeof input === 'string' ? 'text' : typeof input} ${quote(String(input))}`;
}

interface TextOptions {
  readonly json?: Readonly<Record<string, unknown>>;
  readonly secret?: boolean;
}

/** Text in a form that `parse` knows. @param words what is wanted, as in "it wants …" */
export function text<T>(words: string, parse: (text: string) => Parsed<T>, options: TextOptions = {}) {
  return leaf({
    holds: 'text',
    words,
    json: { type: 'string', ...options.json },
    secret: options.secret ?? false,
    read: (input) => {
      if (typeof input === 'string') return parse(input.trim());
      if (Number.isSafeInteger(input)) return parse(String(input));
      return bad(`${typeInWords(input)} where ${words} belongs`, 'put it in quotes if it is meant as text');
    },
  });
}

/** One of a few words. */
export function choice<const W extends string>(words: readonly [W, ...W[]]) {
  const list = words.join(', ');
  return leaf<W>({
    holds: 'text',
    words: `one of ${list}`,
    json: { type: 'string', enum: words },
    read: (input) => {
      const found = words.find((word) => word === input);
      if (found !== undefined) return good(found);
      if (typeof input !== 'string')
        return bad(`${typeInWords(input)} where a word belongs`, `choose one of ${list}`);
      const near = nearest(input, words);
      return near === null
        ? bad(`${quote(input)} is no word that belongs here`, `choose one of ${list}`)
        : bad(`${quote(input)} is not one of ${list}`, `did you mean \`${near}\`?`);
    },
  });
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A whole number inside a range. */
export function whole({ min, max }: Range) {
  const words = `a whole number from ${min} to ${max}`;
  return leaf<number>({
    holds: 'number',
    words,
    json: { type: 'integer', minimum: min, maximum: max },
    read: (input) => {
      if (typeof input !== 'number')
        return bad(`${typeInWords(input)} where a number belongs`, `it wants ${words}`);
      if (!Number.isInteger(input)) return bad(`${input} is not a whole number`, `it wants ${words}`);
      return inside(input, { min, max }, String);
    },
  });
}

/** A duration inside a range of milliseconds. */
export function duration({ min, max }: Range) {
  const words = 'a duration such as `30s`, `5m`, `12h` or `7d`';
  return text<number>(
    words,
    (written) => {
      const parsed = parseDuration(written);
      return parsed.ok ? inside(parsed.value, { min, max }, durationText, written) : parsed;
    },
    { json: { pattern: '^(0|([0-9]+(\\.[0-9]+)?(ms|[smhdwy]))+)$' } },
  );
}

/** A day or moment, or so long after another. */
export function expiry({ min, max }: Range) {
  return text<ListExpiry>(
    'a date such as `2027-01-31` or a duration such as `180d`',
    (written) => {
      if (/^\d{4}-/.test(written)) {
        const isDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(written);
        const without = noSuchDay(written);
        return isDate && without === null && !Number.isNaN(Date.parse(written))
          ? good({ at: written })
          : bad(
              `${quote(written)} is not a date${without === null ? '' : `: ${without}`}`,
              'write `2027-01-31` or `2027-01-31T12:00:00Z`',
            );
      }
      const parsed = parseDuration(written);
      if (!parsed.ok) return parsed;
      const held = inside(parsed.value, { min, max }, durationText, written);
      return held.ok ? good({ afterMs: held.value }) : held;
    },
    { json: { examples: ['2027-01-31', '180d'] } },
  );
}

/** A size inside a range of octets. */
export function size({ min, max }: Range) {
  return text<number>(
    'a size such as `64MiB`',
    (written) => {
      const parsed = parseSize(written);
      return parsed.ok ? inside(parsed.value, { min, max }, sizeText, written) : parsed;
    },
    { json: { pattern: '^[0-9]+(\\.[0-9]+)?([kKmMgG][iI]?)?[bB]$' } },
  );
}

/** A percentage, as a number from 0 to 1. */
export function share() {
  return text<number>('a percentage such as `50%`', parseShare, {
    json: { pattern: '^[0-9]+(\\.[0-9]+)?%$' },
  });
}

function inside(
  value: number,
  { min, max }: Range,
  print: (value: number) => string,
  written?: string,
): Parsed<number> {
  if (value >= min && value <= max) return good(value);
  const wrong = `${written === undefined ? value : quote(written)} is ${value < min ? 'too little' : 'too much'}`;
  return bad(wrong, `it goes from ${print(min)} to ${print(max)}`);
}

/** true or false. */
export function flag() {
  return leaf<boolean>({
    holds: 'boolean',
    words: '`true` or `false`',
    json: { type: 'boolean' },
    read: (input) => {
      if (typeof input === 'boolean') return good(input);
      const yes = typeof input === 'string' && /^(y|yes|on|true|enabled?)$/i.test(input);
      const no = typeof input === 'string' && /^(n|no|off|false|disabled?)$/i.test(input);
      return bad(
        `${typeInWords(input)} where \`true\` or \`false\` belongs`,
        yes || no ? `write \`${yes}\`, without quotes` : 'write `true` or `false`',
      );
    },
  });
}

/** Text that is taken as it is, when it is not empty. */
export function anyText(words: string, options: TextOptions = {}) {
  return text<string>(
    words,
    (written) => (written === '' ? bad('the setting is empty', `it wants ${words}`) : good(written)),
    { json: { minLength: 1, ...options.json }, secret: options.secret ?? false },
  );
}
