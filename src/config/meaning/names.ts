// Names of lists and groups, and whether they refer to each other: checked on what is written, whatever else is wrong.
import { isRecord } from '../read/shape.ts';
import { nearest } from '../values/nearest.ts';
import { quote } from '../values/parsed.ts';
import type { Findings } from './findings.ts';

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u;

/** A name can be a file name, a metric's label and part of a variable; two that differ in letter case are one mistake. */
export function checkName(
  what: 'list' | 'group',
  name: string,
  all: readonly string[],
  findings: Findings,
): void {
  const path = [`${what}s`, name];
  if (!NAME.test(name))
    findings.complain(
      path,
      `${quote(name)} cannot be the name of a ${what}`,
      'use letters, digits, dots, dashes; 63 characters at most',
      'key',
    );
  const twin = all.find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
  if (twin !== undefined && all.indexOf(twin) < all.indexOf(name))
    findings.complain(
      path,
      `the ${what} ${quote(name)} is there already as ${quote(twin)}`,
      'rename or remove one',
      'key',
    );
}

/** @param tree the file as written, whose other parts may be wrong */
export function checkReferences(tree: unknown, findings: Findings): void {
  if (!isRecord(tree)) return;
  const { groups } = tree;
  const { lists: written } = tree;
  const lists = isRecord(written) ? Object.keys(written) : [];
  if (!isRecord(groups)) return;
  const used = new Set<string>();
  const unknown = new Set<string>();
  for (const [group, value] of Object.entries(groups)) {
    if (!isRecord(value)) continue;
    const { lists: entries } = value;
    if (!Array.isArray(entries)) continue;
    const own = new Set<string>();
    entries.forEach((entry, index) => {
      const name = String(entry);
      const path = ['groups', group, 'lists', index];
      if (own.has(name))
        findings.complain(path, `the list ${quote(name)} is in this group already`, 'name it once');
      own.add(name);
      used.add(name);
      if (lists.includes(name)) return;
      unknown.add(name);
      findings.complain(path, `there is no list ${quote(name)}`, known(name, lists));
    });
  }
  for (const name of servedLists(tree)) used.add(name);
  for (const name of lists) {
    if (used.has(name) || isForAll(written, name)) continue;
    const mistyped = nearest(name, [...unknown]);
    if (mistyped !== null) continue; // already told where the group misspells it
    findings.complain(
      ['lists', name],
      `no group uses the list ${quote(name)}`,
      'name it in a group, or remove it',
      'key',
    );
  }
}

/** Lists that others fetch from here need no group of ours. */
function servedLists({ serve }: Readonly<Record<string, unknown>>): string[] {
  if (!isRecord(serve)) return [];
  return [serve['zones'], serve['lists']].flatMap((served) =>
    isRecord(served)
      ? Object.values(served).flatMap((choice) =>
          isRecord(choice) && Array.isArray(choice['lists']) ? choice['lists'].map(String) : [],
        )
      : [],
  );
}

function isForAll(lists: unknown, name: string): boolean {
  const list = isRecord(lists) ? lists[name] : null;
  // What is misspelt there is told there.
  return isRecord(list) && 'for' in list && list['for'] !== 'groups';
}

function known(name: string, lists: readonly string[]): string {
  const near = nearest(name, lists);
  if (near !== null) return `did you mean \`${near}\`?`;
  return lists.length === 0 ? 'there are none in `lists`' : `lists are ${lists.slice(0, 10).join(', ')}`;
}

/** Lists or groups that an item of a section names. @param known null: they could not be read, and are not held against */
export function checkNames(
  written: readonly string[] | undefined,
  known: readonly string[] | null,
  {
    section,
    index,
    what,
  }: { readonly section: 'alerts' | 'out'; readonly index: number; readonly what: 'list' | 'group' },
  findings: Findings,
): void {
  written?.forEach((name, at) => {
    if (known === null || known.includes(name)) return;
    const near = nearest(name, known);
    findings.complain(
      [section, index, `${what}s`, at],
      `there is no ${what} ${quote(name)}`,
      near === null ? `${what}s are ${known.join(', ') || 'none'}` : `did you mean \`${near}\`?`,
    );
  });
}
