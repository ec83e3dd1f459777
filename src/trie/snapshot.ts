// A compiled trie as the octets of a file, and back: header, the caller's metadata, the trie.
//
// Pure: reading, writing, renaming and syncing the file is the caller's. The header is 32 octets, integers little-endian:
// magic (8), version, octets of metadata, octets of the trie, checksum (CRC-32 of all but magic and itself), two
// words of 0.
import { crc32 } from 'node:zlib';
import { TrieError } from './trie-error.ts';

const MAGIC = Uint8Array.from('cenotrie', (letter) => letter.charCodeAt(0));
const SNAPSHOT_VERSION = 1;
const SNAPSHOT_HEADER_OCTETS = 32;
const AT = { version: 8, metadata: 12, trie: 16, checksum: 20 } as const;

export interface Snapshot {
  readonly trie: SharedArrayBuffer;
  /** What the caller gave to snapshotParts; a copy. */
  readonly metadata: Uint8Array;
}

/**
 * The octets of a snapshot, in three parts to be written one after another: header, metadata, trie. Nothing is copied.
 * @param metadata anything, such as JSON about the sources
 */
export function snapshotParts(
  trie: SharedArrayBuffer,
  metadata: Uint8Array,
): readonly [header: Uint8Array, metadata: Uint8Array, trie: Uint8Array] {
  const body = new Uint8Array(trie);
  const header = new Uint8Array(SNAPSHOT_HEADER_OCTETS);
  const view = new DataView(header.buffer);
  header.set(MAGIC);
  view.setUint32(AT.version, SNAPSHOT_VERSION, true);
  view.setUint32(AT.metadata, metadata.length, true);
  view.setUint32(AT.trie, body.length, true);
  view.setUint32(AT.checksum, checksum(header, metadata, body), true);
  return [header, metadata, body];
}

/**
 * Reads a snapshot; open the trie with openTrie, which checks the trie's own version.
 * @param file the whole file
 * @throws TrieError SNAPSHOT_…: take the lists from their sources instead
 */
export function readSnapshot(file: Uint8Array): Snapshot {
  if (file.length < MAGIC.length || MAGIC.some((octet, i) => file[i] !== octet))
    throw new TrieError(
      'SNAPSHOT_NOT_A_SNAPSHOT',
      'the file does not begin as a snapshot does (readSnapshot); delete it and compile the lists again',
    );
  if (file.length < SNAPSHOT_HEADER_OCTETS) throw truncated(file.length, SNAPSHOT_HEADER_OCTETS);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const version = view.getUint32(AT.version, true);
  if (version !== SNAPSHOT_VERSION)
    throw new TrieError(
      'SNAPSHOT_OTHER_VERSION',
      `the snapshot has version ${version}, this program reads ${SNAPSHOT_VERSION} (readSnapshot); compile the lists again`,
    );
  const trieAt = SNAPSHOT_HEADER_OCTETS + view.getUint32(AT.metadata, true);
  const end = trieAt + view.getUint32(AT.trie, true);
  if (file.length < end) throw truncated(file.length, end);
  const header = file.subarray(0, SNAPSHOT_HEADER_OCTETS);
  const metadata = file.subarray(SNAPSHOT_HEADER_OCTETS, trieAt);
  const body = file.subarray(trieAt, end);
  if (file.length > end || checksum(header, metadata, body) !== view.getUint32(AT.checksum, true))
    throw new TrieError(
      'SNAPSHOT_DAMAGED',
      'the snapshot is not what was written: its checksum differs (readSnapshot); compile the lists again',
    );
  const trie = new SharedArrayBuffer(body.length);
  new Uint8Array(trie).set(body);
  return { trie, metadata: metadata.slice() };
}

function truncated(have: number, want: number): TrieError {
  return new TrieError(
    'SNAPSHOT_TRUNCATED',
    `the snapshot has ${have} octets of ${want} (readSnapshot); compile the lists again`,
  );
}

/** Over every octet but the checksum's own and the magic. */
function checksum(header: Uint8Array, metadata: Uint8Array, trie: Uint8Array): number {
  const sizes = crc32(header.subarray(AT.version, AT.checksum));
  const rest = crc32(header.subarray(AT.checksum + 4), sizes);
  return crc32(trie, crc32(metadata, rest));
}
