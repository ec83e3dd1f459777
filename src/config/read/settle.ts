// The tree as people write it → the tree as the schema wants it: an empty section is a section, one value may stand for a
// list of one, and `file:/run/secrets/x` is what that file holds.
import type { z } from 'zod';
import type { Complaint, Path } from '../problem.ts';
import { quote } from '../values/parsed.ts';
import { findFile, type Places, whyNot } from './files.ts';
import { isRecord, shapeOf } from './shape.ts';
import { textTo } from './text-to.ts';

const SECRET_OCTETS_MAX = 64 * 1024;
const REFERENCE = /^file:(?!\/\/)/;

export interface Settled {
  readonly tree: unknown;
  readonly complaints: readonly Complaint[];
  /** Paths (as JSON) whose value was read from a file: never repeated in a message. */
  readonly fromFiles: ReadonlyMap<string, string>;
}

export function settle(tree: unknown, schema: z.ZodType, places: Places): Settled {
  const complaints: Complaint[] = [];
  const fromFiles = new Map<string, string>();

  const walk = (value: unknown, schema: z.ZodType, path: Path): unknown => {
    const shape = shapeOf(schema);
    switch (shape.is) {
      case 'section':
      case 'named': {
        if (value === null) return {};
        if (!isRecord(value)) return value;
        const entries = Object.entries(value).map(([key, child]) => {
          const childSchema =
            shape.is === 'named' ? shape.value : Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
          return [key, childSchema === undefined ? child : walk(child, childSchema, [...path, key])];
        });
        return Object.fromEntries(entries);
      }
      case 'list': {
        const isOne = value !== null && value !== undefined && typeof value !== 'object';
        const items = isOne ? [value] : value;
        return Array.isArray(items)
          ? items.map((item, index) => walk(item, shape.item, [...path, index]))
          : items;
      }
      case 'either': {
        const fits = shape.options.find((option) => (shapeOf(option).is === 'section') === isRecord(value));
        return fits === undefined ? value : walk(value, fits, path);
      }
      case 'setting':
        if (typeof value !== 'string' || !REFERENCE.test(value)) return value;
        return follow(value, shape.kind.holds, path);
    }
  };

  const follow = (value: string, holds: 'text' | 'number' | 'boolean', path: Path): unknown => {
    const complain = (wrong: string, right: string | null): string => {
      complaints.push({ path, at: 'value', wrong, right });
      return value; // stays as written; nobody gets to see it, since there is a complaint
    };
    const { path: file, tried, fault } = findFile(value.replace(REFERENCE, ''), places);
    if (file === null)
      return complain(`${quote(value)} names a file that ${fault}`, `looked for ${tried.join(' and ')}`);
    let octets: Uint8Array;
    try {
      octets = places.files.read(file, SECRET_OCTETS_MAX);
    } catch (error) {
      return complain(
        `${quote(value)} cannot be read: ${whyNot(error)}`,
        'let the user that runs cenote read it',
      );
    }
    const text = new TextDecoder().decode(octets).trim();
    if (text === '') return complain(`${quote(value)} names an empty file`, 'write the value into it');
    if (octets.length > SECRET_OCTETS_MAX || text.includes('\n'))
      return complain(
        `${quote(value)} names a file of more than one line`,
        'it holds the value and nothing else',
      );
    fromFiles.set(JSON.stringify(path), file);
    return textTo(holds, text);
  };

  return { tree: walk(tree, schema, []), complaints, fromFiles };
}
