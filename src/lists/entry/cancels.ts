// Rules voided by `$badfilter`: rare, so a hash of the name is asked before anything is spelt out.
import { nameToText } from '../../wire/names/presentation.ts';
import type { Shape } from '../format.ts';
import { cancelKey } from './entry.ts';

/** More of them void nothing: a real list has some dozens. */
const CANCELS_MAX = 65_536;

export class Cancels {
  readonly #keys = new Set<string>();
  readonly #hashes = new Set<number>();

  get size(): number {
    return this.#keys.size;
  }

  add(key: string): void {
    if (this.#keys.size >= CANCELS_MAX) return;
    this.#keys.add(key);
    this.#hashes.add(hashText(key.slice(0, key.indexOf(' '))));
  }

  hasName(name: Uint8Array, shape: Shape): boolean {
    return this.#hashes.has(hashName(name)) && this.#keys.has(cancelKey(nameToText(name), shape));
  }

  hasNetwork(text: string, shape: Shape): boolean {
    return this.#keys.has(cancelKey(text, shape));
  }

  hasPattern(source: string, shape: Shape): boolean {
    return this.#keys.has(cancelKey(`/${source}`, shape));
  }
}

/** FNV-1a over a name's text; host names need no escapes, so their octets are their text. */
function hashName(name: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; name[at] !== 0; at += name[at]! + 1) {
    if (at > 0) hash = Math.imul(hash ^ 0x2e, 0x01000193);
    for (let i = 1; i <= name[at]!; i += 1) hash = Math.imul(hash ^ name[at + i]!, 0x01000193);
  }
  return hash;
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
