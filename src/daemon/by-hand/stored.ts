// Overrides as they are kept on the disk. Looked at by hand: a schema's code would stay with the main thread for the sake of one file.
import type { Override } from './override.ts';

type Is = (value: unknown) => boolean;

const isText: Is = (value) => typeof value === 'string';
const isNumber: Is = (value) => Number.isFinite(value);
const isTexts: Is = (value) => Array.isArray(value) && value.every(isText);
const orNull =
  (is: Is): Is =>
  (value) =>
    value === null || is(value);

const MACHINE: Readonly<Record<string, Is>> = { said: isText, ids: isTexts, ip: orNull(isText) };
const OVERRIDE: Readonly<Record<keyof Override, Is>> = {
  id: isText,
  action: (value) => value === 'allow' || value === 'block',
  name: isText,
  machine: orNull((value) => wrongIn(value, MACHINE) === null),
  group: orNull(isText),
  reason: orNull(isText),
  sinceMs: isNumber,
  untilMs: orNull(isNumber),
};

/** @throws Error that says what is not as it was written */
export function storedOf(value: unknown): readonly Override[] {
  if (!Array.isArray(value)) throw new Error('it holds no list of overrides');
  for (const [index, one] of value.entries()) {
    const wrong = wrongIn(one, OVERRIDE);
    if (wrong !== null) throw new Error(`override ${index + 1}: its ${wrong} is not as cenote writes it`);
  }
  return value;
}

/** @returns the first field that is not as it should be; null when all are */
function wrongIn(value: unknown, shape: Readonly<Record<string, Is>>): string | null {
  if (typeof value !== 'object' || value === null) return 'place';
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.keys(shape).find((name) => shape[name]?.(fields[name]) !== true) ?? null;
}
