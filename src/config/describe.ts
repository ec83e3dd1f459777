// The schema as a JSON Schema for editors, and as the table of all settings in docs/config.md.
import { z } from 'zod';
import { variableFor } from './read/environment.ts';
import { configSchema } from './schema.ts';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** JSON Schema (2020-12) of the file as written. One value may stand for a list of one, and editors must know. */
export function jsonSchema(): JsonSchema {
  const plain = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const { $schema, ...rest } = oneForList(plain) as JsonSchema & { readonly $schema?: string };
  return { $schema, title: 'cenote configuration', ...rest } as JsonSchema;
}

function oneForList(schema: JsonSchema): JsonSchema {
  const properties = schema.properties && mapValues(schema.properties, oneForList);
  const additional =
    typeof schema.additionalProperties === 'object' ? oneForList(schema.additionalProperties) : undefined;
  const inner = {
    ...schema,
    ...(properties && { properties }),
    ...(additional && { additionalProperties: additional }),
    ...(schema.items && { items: oneForList(schema.items) }),
  };
  if (schema.type !== 'array' || schema.items?.properties !== undefined || schema.items === undefined)
    return inner;
  const { description, default: standard, ...array } = inner;
  return {
    ...(description !== undefined && { description }),
    ...(standard !== undefined && { default: standard }),
    anyOf: [array, schema.items],
  };
}

function mapValues<T>(record: Readonly<Record<string, T>>, map: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

interface Row {
  /** `cache.minTtl`, `lists.NAME.source`. */
  readonly setting: string;
  readonly type: string;
  readonly standard: string;
  readonly description: string;
}

/** One Markdown section for every top-level key. */
export function settingsMarkdown(): string {
  const sections = Object.entries(jsonSchema().properties ?? {}).map(([name, schema]) => {
    const rows = rowsOf([name], schema, false).map(
      ({ setting, type, standard, description }) =>
        `| \`${setting}\` | ${type} | ${standard} | ${description} |`,
    );
    const heading =
      schema.properties || schema.additionalProperties || schema.items ? (schema.description ?? '') : '';
    return [`## ${name}`, '', ...(heading === '' ? [] : [heading, '']), ...HEADER, ...rows, ''].join('\n');
  });
  return sections.join('\n');
}

const HEADER = ['| setting | wants | unset | does |', '| --- | --- | --- | --- |'];

function rowsOf(path: readonly string[], schema: JsonSchema, required: boolean): Row[] {
  const children = childrenOf(schema);
  if (children.length > 0) {
    const rows = children.flatMap(([key, child]) =>
      rowsOf([...path, key], child, schema.required?.includes(key) ?? false),
    );
    return schema.anyOf === undefined ? rows : [rowOf(path, schema, required), ...rows];
  }
  if (typeof schema.additionalProperties === 'object' && childrenOf(schema.additionalProperties).length > 0)
    return rowsOf([...path, 'NAME'], schema.additionalProperties, false);
  if (schema.items?.properties !== undefined) return rowsOf([...path, 'N'], schema.items, false);
  return [rowOf(path, schema, required)];
}

function childrenOf(schema: JsonSchema): [string, JsonSchema][] {
  const own = Object.entries(schema.properties ?? {});
  return own.length > 0
    ? own
    : (schema.anyOf ?? []).flatMap((option) => Object.entries(option.properties ?? {}));
}

function rowOf(path: readonly string[], schema: JsonSchema, required: boolean): Row {
  const standard =
    schema.default === undefined ? (required ? 'required' : '') : code(standardText(schema.default));
  return { setting: path.join('.'), type: typeText(schema), standard, description: schema.description ?? '' };
}

function standardText(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : typeof value === 'object' ? '{}' : String(value);
}

function typeText(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map(code).join(' ');
  if (schema.anyOf) return typeText(schema.anyOf.find((option) => option.items ?? option.enum) ?? {});
  if (schema.items) return 'list';
  if (typeof schema.additionalProperties === 'object')
    return `${typeText(schema.additionalProperties)} by name`;
  if (schema.pattern?.includes('smhdwy')) return 'duration';
  if (schema.pattern?.includes('kKmM')) return 'size';
  if (schema.pattern?.endsWith('%$')) return 'percentage';
  if (schema.type === 'integer') return `number, ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'boolean') return '`true` `false`';
  return Array.isArray(schema.type) ? '`auto` or number' : 'text';
}

function code(text: string): string {
  return `\`${text}\``;
}

/** The example of a variable in the text above the tables, so that it cannot go stale. */
export function exampleVariables(): readonly string[] {
  return [
    ['listen', 'dns'],
    ['cache', 'minTtl'],
    ['lists', '3cx-2023', 'alert'],
  ].map(variableFor);
}
