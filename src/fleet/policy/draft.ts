// The next policy of a head: what its configuration says, and which packs bring its texts to sites that have those before.

import { readFile } from 'node:fs/promises';
import type { Overridable, PublishedPart } from '../../config/meant/fleet.ts';
import { counted } from '../../config/values/grouped.ts';
import { FleetError } from '../fleet-error.ts';
import { type Contents, packed, sha256Of } from './contents.ts';
import { difference } from './delta.ts';
import { type Pack, type PolicyDocument, type PolicyFile, WARNINGS } from './document.ts';
import { publishedList } from './merge.ts';

/** A site that has missed more changes of a list than this gets the whole text. */
const STEPS_MAX = 24;

/** A list with a text, as it is in force at the head. */
export interface SaidList {
  readonly name: string;
  /** Where its source says what it is. */
  readonly format: string | null;
  readonly isFolder: boolean;
  /** Paths; null: nothing of it is in force. */
  readonly files: readonly string[] | null;
  readonly entries: number;
  /** Digest of the source and format that its text came by; null where there is none. */
  readonly key: string | null;
  /** Its text comes from elsewhere since it was published, which nobody has published yet: the text that was stays. */
  readonly isKept?: boolean;
}

export interface Said {
  /** The sections of the file as written. */
  readonly tree: Readonly<Record<string, unknown>>;
  readonly published: readonly PublishedPart[];
  readonly override: readonly Overridable[];
  /** Lists with a text: those without hold their names in the configuration. */
  readonly lists: readonly SaidList[];
  /** Paths of the files of warning lists, which go with the lists: what is held back here is held back at every site. */
  readonly warnings: readonly string[];
}

export type Draft = Omit<PolicyDocument, 'revision' | 'publishedMs'>;

export interface DraftFolders {
  readonly contents: Contents;
  readonly blobs: Contents;
}

/** @param before the last one that was published @throws FleetError FLEET_PUBLISH when it cannot be */
export async function draftOf(
  said: Said,
  head: string,
  before: PolicyDocument | null,
  folders: DraftFolders,
): Promise<Draft> {
  const hasLists = said.published.includes('lists');
  const lists = hasLists ? said.lists : [];
  const parts = Object.fromEntries(
    said.published.flatMap((part) => (said.tree[part] === undefined ? [] : [[part, said.tree[part]]])),
  ) as PolicyDocument['parts'];
  if (hasLists) parts.lists = listsOf(said);
  const contents: PolicyDocument['contents'] = {};
  const packs = new Map<string, Pack>();
  const told: string[] = [];
  const all = hasLists && said.warnings.length > 0 ? [...lists, warningsAs(said.warnings)] : lists;
  for (const list of all) {
    const old = before?.contents[list.name];
    const { content, change } = await contentOf(list, old, before?.packs ?? [], folders, packs);
    contents[list.name] = content;
    if (change !== null) told.push(change);
  }
  if (before !== null && Object.hasOwn(before.contents, WARNINGS) && contents[WARNINGS] === undefined)
    told.push('no warning lists any more');
  if (before !== null)
    for (const part of said.published) told.push(...partChanges(part, before.parts[part], parts[part]));
  return {
    version: 1,
    head,
    parts,
    published: [...said.published],
    override: [...said.override],
    contents,
    packs: [...packs.values()],
    change: before === null ? 'the first' : told.join(', ').slice(0, 2_000) || 'nothing changed',
  };
}

function warningsAs(files: readonly string[]): SaidList {
  return { name: WARNINGS, format: null, isFolder: true, files, entries: 0, key: null };
}

function listsOf({ tree, lists }: Said): Record<string, unknown> {
  const written = Object.entries((tree['lists'] ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    written.map(([name, list]) => {
      const format = lists.find((one) => one.name === name)?.format ?? null;
      return [name, publishedList(list, format)];
    }),
  );
}

/** Whole, and as differences. */
const packsTo = (packs: readonly Pack[], sha256: string): readonly Pack[] => [
  ...packs.filter((pack) => pack.to === sha256 && pack.from === null),
  ...oldSteps(packs, sha256),
];

async function contentOf(
  list: SaidList,
  old: PolicyDocument['contents'][string] | undefined,
  oldPacks: readonly Pack[],
  { contents, blobs }: DraftFolders,
  packs: Map<string, Pack>,
): Promise<{ content: PolicyDocument['contents'][string]; change: string | null }> {
  if (list.isKept === true && old !== undefined) {
    for (const pack of old.files.flatMap(({ sha256 }) => packsTo(oldPacks, sha256)))
      packs.set(pack.blob, pack);
    return { content: old, change: null };
  }
  if (list.files === null)
    throw new FleetError(
      'FLEET_PUBLISH',
      `nothing of the list ${list.name} is in force here, so there is nothing to publish; \`cenote lists\` says why`,
    );
  const files: PolicyFile[] = [];
  let lines = { added: 0, removed: 0 };
  for (const path of list.files) {
    const octets = await readFile(path);
    const sha256 = await contents.keep(octets);
    const name = list.name === WARNINGS ? warningName(files, path) : nameAmong(files, path);
    files.push({ name, sha256, octets: octets.length });
    const [last] = old?.files ?? [];
    const from = list.files.length === 1 && old?.files.length === 1 ? (last?.sha256 ?? null) : null;
    const isKnown = old?.files.some((one) => one.sha256 === sha256) ?? false;
    const steps = isKnown ? oldSteps(oldPacks, sha256) : from === null ? [] : oldSteps(oldPacks, from);
    let whole = oldPacks.find((pack) => pack.to === sha256 && pack.from === null);
    whole ??= await packOf(blobs, sha256, null, await packed(octets));
    packs.set(whole.blob, whole);
    if (!isKnown && from !== null && contents.has(from)) {
      const step = difference(await contents.read(from), octets);
      lines = step;
      steps.push(await packOf(blobs, sha256, from, await packed(step.octets)));
    }
    let sum = 0;
    for (const step of steps.slice(-STEPS_MAX).reverse()) {
      sum += step.octets;
      if (sum >= whole.octets) break;
      packs.set(step.blob, step);
    }
  }
  const isSame =
    JSON.stringify(old?.files.map((one) => one.sha256)) === JSON.stringify(files.map((one) => one.sha256));
  return {
    content: { isFolder: list.isFolder, files, entries: list.entries },
    change: isSame ? null : changeOf(list, old?.entries ?? null, lines),
  };
}

/** Without what may not stand in a file's name. */
const plainName = (name = ''): string => name.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(-80);

/** Another one for each file of a folder. */
function nameAmong(files: readonly PolicyFile[], path: string): string {
  const kept = plainName(path.split(/[\\/]/).at(-1));
  let own = `f${kept}`;
  for (let number = 2; files.some(({ name }) => name === own); number++) own = `f${number}_${kept}`;
  return own;
}

/** What is held back is told under this name. MISP has each list in a folder of its own. */
function warningName(files: readonly PolicyFile[], path: string): string {
  const [file, folder] = path.split(/[\\/]/).reverse();
  const own = plainName(file === 'list.json' ? folder : file);
  const isFree = /^[A-Za-z0-9_]/.test(own) && !files.some(({ name }) => name === own);
  return isFree ? own : nameAmong(files, path);
}

/** In the order in which they are applied. */
function oldSteps(packs: readonly Pack[], to: string): Pack[] {
  const steps: Pack[] = [];
  for (let wanted: string | null = to; wanted !== null; ) {
    const step: Pack | undefined = packs.find((pack) => pack.to === wanted && pack.from !== null);
    if (step === undefined || steps.includes(step)) break;
    steps.unshift(step);
    wanted = step.from;
  }
  return steps;
}

async function packOf(blobs: Contents, to: string, from: string | null, octets: Uint8Array): Promise<Pack> {
  return { to, from, blob: await blobs.keep(octets), octets: octets.length };
}

/** Entries are counted by what the list gave; lines say whether some went as others came. */
function changeOf(
  { name, entries }: SaidList,
  before: number | null,
  { added, removed }: { readonly added: number; readonly removed: number },
): string {
  if (name === WARNINGS) return 'the warning lists changed';
  if (before === null) return `${name}: ${counted(entries, 'name')}`;
  if (removed === 0 && added > 0 && entries > before)
    return `${name}: ${counted(entries - before, 'name')} more`;
  if (added === 0 && removed > 0 && entries < before)
    return `${name}: ${counted(before - entries, 'name')} fewer`;
  return `${name}: another text, ${counted(entries, 'name')}, before ${before}`;
}

/** By name where a section has names. */
function partChanges(part: PublishedPart, before: unknown, after: unknown): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (part !== 'lists' && part !== 'groups') return [`${part} changed`];
  const [old, now] = [(before ?? {}) as Record<string, unknown>, (after ?? {}) as Record<string, unknown>];
  const one = part === 'lists' ? 'list' : 'group';
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const told = names.flatMap((name) => {
    if (!Object.hasOwn(old, name)) return [`${one} ${name} added`];
    if (!Object.hasOwn(now, name)) return [`${one} ${name} removed`];
    return JSON.stringify(old[name]) === JSON.stringify(now[name]) ? [] : [`${one} ${name} changed`];
  });
  return told.length > 0 ? told : [`${part} in another order`];
}

/** Of a draft: what makes it another policy. */
export function meaningOf({ parts, published, override, contents }: Draft): string {
  const files = Object.entries(contents).map(([name, { isFolder, files }]) => [
    name,
    isFolder,
    files.map(({ sha256 }) => sha256),
  ]);
  return sha256Of(Buffer.from(JSON.stringify([parts, published, override, files])));
}
