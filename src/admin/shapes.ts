// Words to write JSON Schemas with.
export interface Schema {
  readonly [keyword: string]: unknown;
}

export const text: Schema = { type: 'string' };
export const count: Schema = { type: 'integer', minimum: 0 };
export const number: Schema = { type: 'number' };
export const flag: Schema = { type: 'boolean' };
export const time: Schema = { type: 'string', format: 'date-time' };
export const texts: Schema = list(text);
/** What comes in: at least a character, at most so many. */
export const bounded = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });

export function orNull(schema: Schema): Schema {
  const { type } = schema;
  return { ...schema, type: [type, 'null'] };
}
export function list(items: Schema): Schema {
  return { type: 'array', items };
}
/** Every property is always there, in this order, and no other. */
export function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', required: Object.keys(properties), properties, additionalProperties: false };
}
/** For what comes in: only the `required` must be there. */
export function wanted(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema {
  return { type: 'object', required, properties, additionalProperties: false };
}
/** What openapi.json says beyond what is checked at the door: the route looks at it itself, and says in better words what is wrong. */
export function described(more: Schema, schema: Schema): Schema {
  return { ...schema, [DESCRIBED]: more };
}
export const DESCRIBED = 'x-described';

const DURATION = '(?:[0-9]+(?:\\.[0-9]+)?(?:ms|[smhdwy]))+';
const CLOCK = '(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?';
const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
/** A day that the calendar has, with or without a time, with or without its zone. */
export const DATE =
  `(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|${LEAP_YEAR}-02-29)` +
  `(?:[T ]${CLOCK}(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?)?`;
const A_DATE = new RegExp(`^${DATE}$`);
const HAS_ZONE = /(?:Z|[+-]\d\d:\d\d)$/;
const DAY_CHARACTERS = 10;

/** When a text of DATE is, ms; null: it is none. @param zone of one that names no zone: a day begins at its midnight */
export function dateMs(text: string, zone: 'UTC' | 'here'): number | null {
  if (!A_DATE.test(text)) return null;
  const isDay = text.length === DAY_CHARACTERS;
  if (zone === 'here') return Date.parse(isDay ? `${text}T00:00` : text);
  return Date.parse(isDay || HAS_ZONE.test(text) ? text : `${text}Z`);
}

/** A duration back from now, or a date. */
export const since = (description: string): Schema =>
  described({ pattern: `^(?:0|${DURATION}|${DATE})$` }, said(description, bounded(40)));
/** A duration, more than none. */
export const lasting = (description: string, maxLength: number): Schema =>
  described({ pattern: `^(?=.*[1-9])${DURATION}$` }, said(description, bounded(maxLength)));
const notBoth = (a: string, b: string): Schema => ({ not: { required: [a, b] } });
/** Of two fields at most one is there. */
export const eitherOf = (a: string, b: string, schema: Schema): Schema => described(notBoth(a, b), schema);
/** Exactly one of these fields is there. */
export const oneOf = (fields: readonly string[], schema: Schema): Schema =>
  described({ oneOf: fields.map((field) => ({ required: [field] })) }, schema);

/** Of a list or group that is added. */
export const newName: Schema = said(
  'Letters, digits, dots, hyphens and underscores; 63 characters at most.',
  {
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$',
  },
);

export function said(description: string, schema: Schema): Schema {
  return { ...schema, description };
}

/** Who is or was logged on somewhere. */
export const logon: Schema = object({
  user: text,
  domain: said('Of Windows.', orNull(text)),
  saidBy: said('radius, windows or api.', text),
  from: time,
  to: said('null: logged on now.', orNull(time)),
});
