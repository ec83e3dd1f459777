// Walking the schema beside the values: which keys a section knows, what a setting holds.
import { z } from 'zod';
import type { Path } from '../problem.ts';
import { KINDS, type Kind } from '../schema/kinds.ts';

export type Shape =
  | { readonly is: 'section'; readonly keys: Readonly<Record<string, z.ZodType>> }
  | { readonly is: 'named'; readonly value: z.ZodType }
  | { readonly is: 'list'; readonly item: z.ZodType }
  | { readonly is: 'either'; readonly options: readonly z.ZodType[] }
  | { readonly is: 'setting'; readonly kind: Kind };

/** What a schema is, below its defaults. */
export function shapeOf(schema: z.ZodType): Shape {
  const kind = KINDS.get(schema);
  if (kind !== undefined) return { is: 'setting', kind };
  if (schema instanceof z.ZodObject)
    return { is: 'section', keys: schema.shape as Record<string, z.ZodType> };
  if (schema instanceof z.ZodRecord) return { is: 'named', value: schema.valueType as z.ZodType };
  if (schema instanceof z.ZodArray) return { is: 'list', item: schema.element as z.ZodType };
  if (schema instanceof z.ZodUnion) return { is: 'either', options: schema.options as z.ZodType[] };
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return shapeOf(schema.unwrap() as z.ZodType);
  throw new TypeError(`a kind of schema that the configuration does not use (${schema.def.type})`);
}

/** The schema one step down; null when there is none. */
export function below(schema: z.ZodType, part: string | number): z.ZodType | null {
  const shape = shapeOf(schema);
  switch (shape.is) {
    case 'section':
      return Object.hasOwn(shape.keys, part) ? (shape.keys[part] ?? null) : null;
    case 'named':
      return shape.value;
    case 'list':
      return typeof part === 'number' ? shape.item : null;
    case 'either':
      return shape.options.map((option) => below(option, part)).find((found) => found !== null) ?? null;
    case 'setting':
      return null;
  }
}

/** The schema at a path, null where the path leaves what is known. */
export function schemaAt(root: z.ZodType, path: Path): z.ZodType | null {
  return path.reduce<z.ZodType | null>(
    (schema, part) => (schema === null ? null : below(schema, part)),
    root,
  );
}

/** The keys that a section of this schema may have. */
export function keysOf(schema: z.ZodType): readonly string[] {
  const shape = shapeOf(schema);
  if (shape.is === 'section') return Object.keys(shape.keys);
  return shape.is === 'either' ? shape.options.flatMap(keysOf) : [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of plain values. */
export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return typeof part === 'number' ? value[part] : undefined;
    return isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }, tree);
}
