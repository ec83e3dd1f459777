// What holds at a site: the head's policy, with what the head lets the site say otherwise.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Overridable, PublishedPart } from '../../config/meant/fleet.ts';
import type { Overlay } from '../../config/values/overlay.ts';
import { type PolicyDocument, type PolicyFile, WARNINGS } from './document.ts';

type Tree = Readonly<Record<string, unknown>>;
type Policy = Pick<PolicyDocument, 'revision' | 'parts' | 'published' | 'override' | 'contents'>;

/** Where the texts of lists are on this disk. */
export interface TextFolders {
  /** Each under its SHA-256. */
  readonly contents: string;
  /** Of lists that are folders. */
  readonly folders: string;
}

/** Settings of a list that say where it comes from: at a site it comes from the head. */
const SOURCE_SETTINGS = ['refresh', 'tsig', 'headers', 'bearer', 'basic', 'clientCertificate', 'onFailure'];

/** A list as it is published. @param format what it turned out to be, where its source says so */
export function publishedList(list: unknown, format: string | null): Tree {
  const kept = Object.entries(section(list)).filter(
    ([key]) => key !== 'source' && !SOURCE_SETTINGS.includes(key),
  );
  return { ...Object.fromEntries(kept), ...(format === null ? {} : { format }) };
}

export function overlayOf(policy: Policy, texts: TextFolders): Overlay {
  const { published } = policy;
  return {
    name: `the head's policy, revision ${policy.revision}`,
    over: (own) => {
      const parts = published.map((part) => [part, mergedPart(policy, part, own, texts)]);
      const merged = Object.fromEntries(parts.filter(([, value]) => value !== undefined));
      if (published.includes('lists')) merged['warninglists'] = mergedWarnings(policy, own, texts);
      const others = Object.entries(own).filter(([key]) => !published.includes(key as PublishedPart));
      return { ...Object.fromEntries(others), ...merged };
    },
    owns: ([part, name, setting]) => {
      if (part === 'warninglists' && published.includes('lists'))
        return !mayOverride(policy, 'lists') || Number(name) < warningFiles(policy).length;
      if (!published.includes(part as PublishedPart)) return false;
      if (policy.override.includes(part as Overridable) && part !== 'lists' && part !== 'groups')
        return false;
      if (part !== 'lists' && part !== 'groups') return true;
      const isTheirs = name === undefined || Object.hasOwn(section(policy.parts[part]), String(name));
      return isTheirs && !(setting === 'clients' && policy.override.includes('networks'));
    },
  };
}

/** What a site's file says and the head does not let it, or has no place for, in words. */
export function unusedOf(policy: Policy, own: Tree): string[] {
  const isHeadsAlone = policy.published.includes('lists') && !mayOverride(policy, 'lists');
  const warnings = isHeadsAlone && listOf(own['warninglists']).length > 0 ? ['warninglists'] : [];
  const parts = policy.published.flatMap((part) =>
    own[part] === undefined || own[part] === null ? [] : unusedIn(policy, part, own[part]),
  );
  const places = [...parts, ...warnings].map(
    (place) => `${place}: the head's policy holds in place of this site's`,
  );
  return [...places, ...groupsOfNone(policy, section(own['groups']))];
}

/** Where the head's stands in place of what the site says. */
function unusedIn(policy: Policy, part: PublishedPart, ours: unknown): string[] {
  const theirs = section(policy.parts[part]);
  const among = (isUsed: (key: string) => boolean): string[] =>
    Object.keys(section(ours))
      .filter((key) => !isUsed(key))
      .map((key) => `${part}.${key}`);
  if (part === 'groups' && mayOverrideGroups(policy))
    return Object.entries(section(ours))
      .filter(([name]) => Object.hasOwn(theirs, name))
      .flatMap(([name, group]) =>
        Object.keys(section(group))
          .filter((key) => !isGroupsOwn(policy, key))
          .map((key) => `groups.${name}.${key}`),
      );
  if (part === 'local' && mayOverride(policy, 'records') && !mayOverride(policy, 'local'))
    return among((key) => key === 'records');
  if (!mayOverride(policy, part)) return [part];
  return part === 'lists' ? among((name) => !Object.hasOwn(theirs, name)) : [];
}

/** Groups of the site's file that the head does not have (any more), where a site may say something of the head's groups alone. */
function groupsOfNone(policy: Policy, ours: Tree): string[] {
  if (!policy.published.includes('groups') || !mayOverrideGroups(policy) || mayOverride(policy, 'groups'))
    return [];
  const theirs = section(policy.parts.groups);
  return Object.keys(ours)
    .filter((name) => !Object.hasOwn(theirs, name))
    .map((name) => `groups.${name}: the head's policy has no group of this name`);
}

function mayOverrideGroups(policy: Policy): boolean {
  return (['groups', 'networks', 'lists'] as const).some((what) => mayOverride(policy, what));
}

/** A setting of a group of the head's that is the site's to say. */
function isGroupsOwn(policy: Policy, setting: string): boolean {
  return (
    (setting === 'clients' && mayOverride(policy, 'networks')) ||
    (setting === 'lists' && mayOverride(policy, 'lists'))
  );
}

/** What is held back at the head is held back here; more only where a site may have lists of its own. */
function mergedWarnings(policy: Policy, own: Tree, { folders }: TextFolders): unknown[] {
  const files = warningFiles(policy);
  const theirs = files.map(({ name }) => join(folders, folderName(files), name));
  return [...theirs, ...(mayOverride(policy, 'lists') ? listOf(own['warninglists']) : [])];
}

function warningFiles({ contents }: Policy): readonly PolicyFile[] {
  return contents[WARNINGS]?.files ?? [];
}

function mayOverride({ override }: Policy, what: Overridable): boolean {
  return override.includes(what);
}

function mergedPart(policy: Policy, part: PublishedPart, own: Tree, texts: TextFolders): unknown {
  const theirs = policy.parts[part];
  const ours = own[part];
  if (part === 'lists') return mergedLists(policy, section(ours), texts);
  if (part === 'groups') return mergedGroups(policy, theirs, section(ours));
  if (part === 'local' && !mayOverride(policy, 'local') && mayOverride(policy, 'records')) {
    const records = [...listOf(section(theirs)['records']), ...listOf(section(ours)['records'])];
    return { ...section(theirs), records };
  }
  if (!mayOverride(policy, part)) return theirs;
  if (ours === undefined || ours === null) return theirs;
  return isSection(ours) && isSection(theirs) ? { ...theirs, ...ours } : ours;
}

function mergedLists(policy: Policy, ours: Tree, texts: TextFolders): Tree {
  const theirs = Object.entries(section(policy.parts.lists)).map(([name, list]): [string, unknown] => {
    const content = Object.hasOwn(policy.contents, name) ? policy.contents[name] : undefined;
    if (content === undefined) return [name, list];
    const [file] = content.files;
    const source = content.isFolder
      ? `folder:${join(texts.folders, folderName(content.files))}`
      : join(texts.contents, file?.sha256 ?? '');
    return [name, { ...section(list), source }];
  });
  const more = mayOverride(policy, 'lists') ? Object.entries(ours) : [];
  return Object.fromEntries([...more, ...theirs]);
}

/** Where the files of a list that is a folder stand, under their names: another one for other files. */
export function folderName(files: readonly PolicyFile[]): string {
  const said = files.map(({ name, sha256 }) => `${sha256} ${name}\n`).join('');
  return `${createHash('sha256').update(said).digest('hex').slice(0, 32)}.folder`;
}

function mergedGroups(policy: Policy, theirs: unknown, ours: Tree): unknown {
  // Without groups all clients have all lists.
  if (!isSection(theirs))
    return mayOverride(policy, 'groups') && Object.keys(ours).length > 0 ? ours : undefined;
  const merged = Object.entries(theirs).map(([name, group]): [string, unknown] => {
    if (!Object.hasOwn(ours, name)) return [name, group];
    const own = section(ours[name]);
    const { clients, lists } = section(group);
    const networks =
      mayOverride(policy, 'networks') && own['clients'] !== undefined ? own['clients'] : clients;
    const moreLists = mayOverride(policy, 'lists') ? listOf(own['lists']) : [];
    const allLists = [...new Set([...listOf(lists), ...moreLists])];
    return [name, { ...section(group), clients: networks, lists: allLists }];
  });
  const more = mayOverride(policy, 'groups')
    ? Object.entries(ours).filter(([name]) => !Object.hasOwn(theirs, name))
    : [];
  return Object.fromEntries([...merged, ...more]);
}

function isSection(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function section(value: unknown): Tree {
  return isSection(value) ? value : {};
}

/** One value may stand for a list of one. */
function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
