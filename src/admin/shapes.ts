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
