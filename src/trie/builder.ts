// Collects names and their rules and compiles them into one SharedArrayBuffer.
import { NAME_OCTETS_MAX, skipUncompressedName } from '../wire/name.ts';
import { HEADER, hashOctets, MAGIC, VERSION } from './layout.ts';
import { RuleSets } from './rule-sets.ts';
import { TrieError } from './trie-error.ts';

export interface TrieBuilderOptions {
  /** Secret of the hash (any 32-bit integer): lists are hostile input, so give a random one. */
  readonly seed?: number;
}

export class TrieBuilder {
  readonly #seed: number;
  readonly #sets = new RuleSets();
  readonly #entries = new Map<string, number>();

  constructor(options: TrieBuilderOptions = {}) {
    this.#seed = (options.seed ?? 0) | 0;
  }

  /** Distinct names so far. */
  get names(): number {
    return this.#entries.size;
  }

  /**
   * @param name wire form from octet 0, lower case, complete with the root octet; copied
   * @param rule not negative; its meaning is the caller's
   */
  add(name: Uint8Array, rule: number): void {
    const length = skipUncompressedName(name, 0, Math.min(name.length, NAME_OCTETS_MAX));
    if (length < 0)
      throw new TrieError('TRIE_BAD_NAME', 'a name is not in wire form (TrieBuilder.add); parse it first');
    const key = Buffer.from(name.buffer, name.byteOffset, length).toString('latin1');
    const set = this.#entries.get(key);
    const single = this.#sets.single(rule);
    this.#entries.set(key, set === undefined ? single : this.#sets.union(set, single));
  }

  /** Compiles what was added. The builder is of no use afterwards. */
  finish(): SharedArrayBuffer {
    const slots = 2 ** Math.ceil(Math.log2(this.#entries.size * 1.5 + 2));
    const table = new Uint32Array(slots);
    const text: Buffer[] = [];
    let at = HEADER.octets + slots * 4;
    for (const [key, set] of this.#entries) {
      const record = Buffer.alloc(4 + key.length);
      record.writeUInt32LE(set, 0);
      record.write(key, 4, 'latin1');
      let slot = hashOctets(this.#seed, record, 4, record.length) & (slots - 1);
      while (table[slot] !== 0) slot = (slot + 1) & (slots - 1);
      table[slot] = at;
      text.push(record);
      at += record.length;
    }
    const setsAt = Math.ceil(at / 4) * 4;
    const sets: number[] = [];
    for (let i = 0; i < this.#sets.count; i += 1) {
      const rules = this.#sets.rulesOf(i);
      sets.push(rules.length, ...rules);
    }
    const buffer = new SharedArrayBuffer(setsAt + sets.length * 4);
    const words = new Uint32Array(buffer);
    words.set([
      MAGIC,
      VERSION,
      buffer.byteLength,
      this.#seed,
      this.#entries.size,
      slots,
      setsAt,
      this.#sets.count,
    ]);
    words.set(table, HEADER.octets / 4);
    const octets = new Uint8Array(buffer);
    let target = HEADER.octets + slots * 4;
    for (const record of text) {
      octets.set(record, target);
      target += record.length;
    }
    words.set(sets, setsAt / 4);
    return buffer;
  }
}
