// The schema laid over the settings section by section, so that a mistake in one does not hide those in the others.
import type { Complaint } from '../problem.ts';
import { listSchema } from '../schema/lists.ts';
import { type ConfigFile, configSchema, type SectionName } from '../schema.ts';
import { complaintsOf } from './issues.ts';
import { isRecord } from './shape.ts';

export interface CheckedSections {
  /** Those that are right. */
  readonly sections: Partial<ConfigFile>;
  readonly complaints: readonly Complaint[];
}

export function checkSections(tree: Readonly<Record<string, unknown>>): CheckedSections {
  const complaints: Complaint[] = [];
  const sections: [string, unknown][] = [];
  for (const name of Object.keys(configSchema.shape) as SectionName[]) {
    const result = configSchema.shape[name].safeParse(tree[name]);
    if (result.success) {
      sections.push([name, result.data]);
      continue;
    }
    const issues = result.error.issues.map((issue) => ({ ...issue, path: [name, ...issue.path] }));
    complaints.push(...complaintsOf(issues, configSchema, tree));
    if (name === 'lists') sections.push([name, goodLists(tree[name])]);
  }
  const keys = Object.keys(tree).filter((key) => !Object.hasOwn(configSchema.shape, key));
  if (keys.length > 0)
    complaints.push(
      ...complaintsOf([{ code: 'unrecognized_keys', keys, path: [], message: '' }], configSchema, tree),
    );
  return { sections: Object.fromEntries(sections) as Partial<ConfigFile>, complaints };
}

/** Lists do not depend on each other: what is wrong with one leaves the others to be checked further. */
function goodLists(written: unknown): ConfigFile['lists'] {
  if (!isRecord(written)) return {};
  const good = Object.entries(written).flatMap(([name, list]) => {
    const result = listSchema.safeParse(list);
    return result.success ? [[name, result.data] as const] : [];
  });
  return Object.fromEntries(good);
}
