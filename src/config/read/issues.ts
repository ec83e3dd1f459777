// What the schema found wrong → complaints in our words.
import type { z } from 'zod';
import type { Complaint, Path } from '../problem.ts';
import { type Hint, typeInWords } from '../schema/kinds.ts';
import { nearest } from '../values/nearest.ts';
import { quote } from '../values/parsed.ts';
import { isRecord, keysOf, schemaAt, shapeOf, valueAt } from './shape.ts';

type Issue = z.core.$ZodIssue;

/** @param tree what was checked, with the path in the issues counting from its root */
export function complaintsOf(issues: readonly Issue[], schema: z.ZodType, tree: unknown): Complaint[] {
  return issues.flatMap((issue) => complaintsOfOne(issue, schema, tree));
}

function complaintsOfOne(issue: Issue, schema: z.ZodType, tree: unknown): Complaint[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], schema));
    case 'invalid_union':
      return complaintsOf(
        bestBranch(issue.errors, valueAt(tree, path)).map((inner) => ({
          ...inner,
          path: [...path, ...inner.path],
        })),
        schema,
        tree,
      );
    case 'custom':
      return [wrongValue(path, issue.message, (issue.params as Hint | undefined)?.right ?? null, tree)];
    case 'invalid_type':
      return [wrongType(path, schema, tree)];
    default:
      return [{ path, at: 'value', wrong: issue.message, right: null }];
  }
}

function unknownKey(path: Path, root: z.ZodType): Complaint {
  const key = String(path.at(-1));
  const parent = schemaAt(root, path.slice(0, -1));
  const known = parent === null ? [] : keysOf(parent);
  const near = nearest(key, known);
  const wrong = `unknown key ${quote(key)}${path.length > 1 ? ` in ${quote(path.slice(0, -1).join('.'))}` : ''}`;
  if (key === '<<')
    return { path, at: 'key', wrong, right: 'YAML 1.2 merges no sections: write the settings out here' };
  if (near !== null) return { path, at: 'key', wrong, right: `did you mean \`${near}\`?` };
  const elsewhere = keysOf(root).filter((section) => {
    const schema = schemaAt(root, [section]);
    return path.length === 1 && schema !== null && keysOf(schema).includes(key);
  });
  if (elsewhere[0] !== undefined)
    return { path, at: 'key', wrong, right: `it belongs in \`${elsewhere[0]}\`` };
  return { path, at: 'key', wrong, right: `known are ${known.join(', ')}` };
}

function wrongValue(path: Path, message: string, right: string | null, tree: unknown): Complaint {
  const isMissing = valueAt(tree, path) === undefined;
  if (isMissing) return { path, at: 'key', wrong: `${quote(String(path.at(-1)))} is missing`, right };
  return { path, at: 'value', wrong: message, right };
}

function wrongType(path: Path, root: z.ZodType, tree: unknown): Complaint {
  const value = valueAt(tree, path);
  const schema = schemaAt(root, path);
  const shape = schema === null ? null : shapeOf(schema).is;
  const wanted = shape === 'list' ? 'a list' : 'a section';
  const example =
    shape === 'list'
      ? 'write it as `[one, two]` or as lines that begin with `- `'
      : 'write its keys below it, indented';
  if (value === undefined)
    return {
      path,
      at: 'key',
      wrong: `${quote(String(path.at(-1)))} is missing`,
      right: `it wants ${wanted}`,
    };
  return { path, at: 'value', wrong: `${typeInWords(value)} where ${wanted} belongs`, right: example };
}

/** Of a value that may be one thing or another, the complaints of the one that was meant. */
function bestBranch(branches: readonly (readonly Issue[])[], value: unknown): readonly Issue[] {
  const section = branches.find(
    (issues) => !issues.some(({ code, path }) => code === 'custom' && path.length === 0),
  );
  if (isRecord(value) && section !== undefined) return section;
  return branches[0] ?? [];
}
