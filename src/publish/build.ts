// A choice of lists → the content of a policy zone: an owner for every name that is listed, and for every name that a server which
// takes wildcards by the letter (RFC 4592) would miss otherwise.
//
// By RFC 4592 `*.example.org` covers nothing below a name that exists: with `pass.example.org` in the zone, what is below that has
// to be said too, and so have the names between the two. BIND takes it so, others do not; with all of them said they all agree.
import { setImmediate as turn } from 'node:timers/promises';
import type { Rule } from '../policy/rule.ts';
import { entriesOf } from '../trie/entries.ts';
import { findAll, type Matches } from '../trie/reader.ts';
import { NAME_OCTETS_MAX } from '../wire/names/name.ts';
import { textToName } from '../wire/names/presentation.ts';
import { triggerOf } from '../zone/address-trigger.ts';
import { ContentBuilder, type ZoneContent } from '../zone/outgoing/content.ts';
import { saidOf } from './said.ts';
import type { Selected, SelectedNetwork } from './selected.ts';

const ENTRIES_A_TURN = 8_192;
const WILDCARD_OCTETS = 2;
const ASTERISK = 0x2a;
/** Last labels that make an owner a trigger of another kind. */
const TRIGGERS = ['rpz-ip', 'rpz-client-ip', 'rpz-nsip', 'rpz-nsdname'];

export const LEFT_OUT = {
  tooLong: 'names whose owner would be over 255 octets',
  reserved: 'names that a policy zone reads as something else',
  conditional: 'rules that depend on type or client, or have exceptions of their own',
  expressions: 'expressions',
  unsayable: 'answers that a policy zone has no words for',
} as const;

export interface LeftOut {
  readonly why: string;
  readonly count: number;
}

export interface Built {
  readonly content: ZoneContent;
  readonly leftOut: readonly LeftOut[];
}

export interface BuildOptions {
  /** Octets of the zone's name, 1 for no zone. */
  readonly apexOctets: number;
  readonly signal: AbortSignal;
}

/** @throws what `signal` was aborted with */
export async function buildContent(selected: Selected, { apexOctets, signal }: BuildOptions): Promise<Built> {
  const build = new Build(selected, apexOctets);
  let entries = 0;
  for (const { name, set } of entriesOf(selected.trie)) {
    entries += 1;
    if (entries % ENTRIES_A_TURN === 0) {
      await turn();
      signal.throwIfAborted();
    }
    if (selected.isConditional(set)) build.leaveOut('conditional');
    if (selected.isSayable(set)) build.addName(name);
  }
  for (const network of selected.networks()) build.addNetwork(network);
  build.leaveOut('expressions', selected.expressions);
  return build.finish();
}

class Build {
  readonly #selected: Selected;
  readonly #ownerMax: number;
  readonly #builder = new ContentBuilder();
  readonly #matches: Matches = { sets: new Int32Array(128), offsets: new Int32Array(128) };
  readonly #setNumbers = new Map<Rule, number>();
  readonly #leftOut = new Map<keyof typeof LEFT_OUT, number>();

  constructor(selected: Selected, apexOctets: number) {
    this.#selected = selected;
    this.#ownerMax = NAME_OCTETS_MAX - apexOctets;
  }

  leaveOut(why: keyof typeof LEFT_OUT, count = 1): void {
    this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + count);
  }

  /** @param name an entry of the trie, wire form */
  addName(name: Uint8Array): void {
    if (isReserved(name)) {
      this.leaveOut('reserved');
      return;
    }
    const count = findAll(this.#selected.trie, name, name.length, this.#matches);
    const shortest = this.#matches.offsets[0]!;
    if (!this.#add(name, 0)) return;
    // Names between the shortest entry above and this one.
    const { sets, offsets } = this.#matches;
    let next = count - 2;
    for (let at = name[0]! + 1; at < shortest && at < name.length - 1; at += name[at]! + 1) {
      while (next >= 0 && offsets[next]! < at) next -= 1;
      const isEntry = next >= 0 && offsets[next] === at && this.#selected.isSayable(sets[next]!);
      if (!isEntry && !this.#builder.has(name, at, name.length - 1 - at)) this.#add(name, at);
    }
  }

  /** @returns whether there is something to say of `name[at ..]` */
  #add(name: Uint8Array, at: number): boolean {
    const full = at === 0 ? name : name.subarray(at);
    const length = full.length - 1;
    const isFit = length <= this.#ownerMax;
    const isWildFit = length + WILDCARD_OCTETS <= this.#ownerMax;
    const exact = length === 0 || !isFit ? 0 : this.#setOf(this.#selected.at(full, full.length));
    const below = isWildFit ? this.#setOf(this.#selected.below(full, full.length)) : 0;
    if (!isFit || (!isWildFit && this.#selected.below(full, full.length) !== null)) this.leaveOut('tooLong');
    if (exact === 0 && below === 0) return false;
    this.#builder.add(name, at, length, exact, below);
    return true;
  }

  /** Number of what is said for a rule; 0 for nothing. */
  #setOf(rule: Rule | null): number {
    if (rule === null) return 0;
    let number = this.#setNumbers.get(rule);
    if (number === undefined) {
      const said = saidOf(rule);
      number = said === null ? 0 : this.#builder.setOf(said);
      this.#setNumbers.set(rule, number);
    }
    if (number === 0) this.leaveOut('unsayable');
    return number;
  }

  addNetwork({ octets, bits, rule }: SelectedNetwork): void {
    const set = this.#setOf(rule);
    const owner = textToName(`${triggerOf(octets, bits)}.rpz-ip`)!;
    const length = owner.length - 1;
    if (length > this.#ownerMax) this.leaveOut('tooLong');
    else if (set !== 0 && !this.#builder.has(owner, 0, length)) this.#builder.add(owner, 0, length, set, 0);
  }

  finish(): Built {
    const leftOut = [...this.#leftOut].flatMap(([why, count]) =>
      count === 0 ? [] : [{ why: LEFT_OUT[why], count }],
    );
    return { content: this.#builder.finish(), leftOut };
  }
}

/** Read as a wildcard, or as a trigger of another kind: what a stranger's list names must not become a rule on a client. */
function isReserved(name: Uint8Array): boolean {
  let last = '';
  for (let at = 0; name[at]! > 0; at += name[at]! + 1) {
    if (name[at] === 1 && name[at + 1] === ASTERISK) return true;
    const end = at + 1 + name[at]!;
    if (name[end] === 0 && name[at + 1] === 0x72)
      last = Buffer.from(name.subarray(at + 1, end)).toString('latin1');
  }
  return TRIGGERS.includes(last);
}
