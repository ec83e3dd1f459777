// The compiled rule set on disk: a start serves from it at once, before any list is read again.
//
// Layout: magic (8 octets), octets of the description (u32 LE), CRC-32 of all that follows (u32 LE), octets of the
// address table (u32 LE), 4 octets 0; then description (JSON), address table, trie. Anything that does not fit is refused with one reason; the lists are then compiled again.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { messageOf } from '../../config/coded-error.ts';
import type { ListConfig } from '../../config/config.ts';
import { asideOf, PIECE_OCTETS, settle, writeNew } from '../../config/disk/whole-file.ts';
import { openAddresses } from '../../policy/addresses/table.ts';
import type { RuleSet } from '../../policy/rule.ts';
import { openTrie } from '../../trie/reader.ts';
import { identityOfWarningsFor } from '../entry/warning-files.ts';
import { ListError } from '../errors.ts';

/** The last octet is the version of this layout and of RuleSet. */
const MAGIC = new TextEncoder().encode('cenotes\u0005');
const HEAD_OCTETS = 24;
const DESCRIPTION_OCTETS_MAX = 268_435_456;

interface Description {
  readonly fingerprint: string;
  readonly ruleSet: Omit<RuleSet, 'trie' | 'addresses'>;
}

/** What of the configuration decides about rules: with another one, a snapshot is of no use. */
function fingerprintOf(lists: readonly ListConfig[]): string {
  const deciding = lists.map((list) => [
    list.name,
    list.source,
    list.names,
    list.format,
    list.action,
    list.mode,
    list.expires ?? null,
    list.warnings ?? null,
    list.take ?? [],
    list.alert,
    list.subdomains,
    list.allowPublicSuffixes,
    list.addresses,
  ]);
  const text = JSON.stringify([deciding, identityOfWarningsFor(lists)]);
  return createHash('sha256').update(text).digest('base64url');
}

export async function writeSnapshot(
  path: string,
  ruleSet: RuleSet,
  lists: readonly ListConfig[],
): Promise<void> {
  const draft = { path: asideOf(path), lists };
  await draftSnapshot(draft, ruleSet);
  await settle(draft.path, path);
}

/** A snapshot that is written but not in its place yet. */
export interface Draft {
  /** Of the draft itself. */
  readonly path: string;
  readonly lists: readonly ListConfig[];
}

/** Writes it; it is on the disk once it has settled (config/disk/whole-file.ts). Leaves nothing when that fails. */
export async function draftSnapshot({ path, lists }: Draft, ruleSet: RuleSet): Promise<void> {
  const { trie, addresses, ...rest } = ruleSet;
  const description: Description = {
    fingerprint: fingerprintOf(lists),
    ruleSet: rest,
  };
  const text = new TextEncoder().encode(JSON.stringify(description));
  const parts = [text, new Uint8Array(addresses), new Uint8Array(trie)];
  const head = new Uint8Array(HEAD_OCTETS);
  head.set(MAGIC);
  const view = viewOf(head);
  view.setUint32(8, text.length, true);
  view.setUint32(16, addresses.byteLength, true);
  view.setUint32(12, checksumOf([head.subarray(16), ...parts]), true);
  await writeNew(path, [head, ...parts]);
}

/** The tables of a draft that a process of ours has just written; the rest it has told. */
export async function tablesOfDraft(path: string): Promise<Pick<RuleSet, 'trie' | 'addresses'>> {
  const { trie, addresses } = await readFile(path);
  return { trie, addresses };
}

/** @throws ListError LIST_SNAPSHOT: why it cannot be used; LIST_MISSING when there is none */
export async function readSnapshot(path: string, lists: readonly ListConfig[]): Promise<RuleSet> {
  try {
    return await read(path, fingerprintOf(lists));
  } catch (thrown) {
    if (thrown instanceof ListError) throw thrown;
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')
      throw new ListError('LIST_MISSING', `no snapshot yet (${path})`);
    throw refusal(path, messageOf(thrown));
  }
}

async function read(path: string, fingerprint: string): Promise<RuleSet> {
  const { head, text, addresses, trie } = await readFile(path);
  const parts = [head.subarray(16), text, new Uint8Array(addresses), new Uint8Array(trie)];
  if (checksumOf(parts) !== viewOf(head).getUint32(12, true)) throw refusal(path, 'damaged (checksum)');
  const description = JSON.parse(new TextDecoder().decode(text)) as Description;
  if (description.fingerprint !== fingerprint) throw refusal(path, 'of another configuration of lists');
  // Refuse what is of another version.
  openTrie(trie);
  openAddresses(addresses);
  return { ...description.ruleSet, trie, addresses };
}

interface Parts {
  readonly head: Uint8Array;
  readonly text: Uint8Array;
  readonly addresses: SharedArrayBuffer;
  readonly trie: SharedArrayBuffer;
}

async function readFile(path: string): Promise<Parts> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = new Uint8Array(HEAD_OCTETS);
    await readWhole(file, head, 0);
    if (!MAGIC.every((octet, i) => head[i] === octet))
      throw refusal(path, 'of another version or no snapshot');
    const textOctets = viewOf(head).getUint32(8, true);
    const addressOctets = viewOf(head).getUint32(16, true);
    const trieOctets = size - HEAD_OCTETS - textOctets - addressOctets;
    if (textOctets > DESCRIPTION_OCTETS_MAX || trieOctets < 0) throw refusal(path, 'cut short');
    const text = new Uint8Array(textOctets);
    const addresses = new SharedArrayBuffer(addressOctets);
    const trie = new SharedArrayBuffer(trieOctets);
    let at = HEAD_OCTETS;
    for (const part of [text, new Uint8Array(addresses), new Uint8Array(trie)]) {
      await readWhole(file, part, at);
      at += part.length;
    }
    return { head, text, addresses, trie };
  } finally {
    await file.close();
  }
}

const viewOf = (head: Uint8Array): DataView => new DataView(head.buffer);

const checksumOf = (parts: readonly Uint8Array[]): number => parts.reduce((crc, part) => crc32(part, crc), 0);

async function readWhole(
  file: Awaited<ReturnType<typeof open>>,
  target: Uint8Array,
  from: number,
): Promise<void> {
  for (let at = 0; at < target.length; ) {
    const { bytesRead } = await file.read(target, at, Math.min(PIECE_OCTETS, target.length - at), from + at);
    if (bytesRead === 0) throw new Error('cut short');
    at += bytesRead;
  }
}

function refusal(path: string, why: string): ListError {
  return new ListError('LIST_SNAPSHOT', `snapshot refused: ${why} (${path}); the lists are compiled again`);
}
