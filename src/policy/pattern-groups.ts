// Divides expressions into groups whose common automaton stays small, and refuses those that would make every query slow.
//
// An automaton's states are made as names need them, each at a cost; a hostile expression (`[a-z].{0,200}x`, or hundreds that
// each remember one letter) needs a new one for nearly every octet. So each group is tried on names made for it, before any
// query: what needs too much is divided, down to one expression, which is then refused. Counted in octets of states, not in
// time: the same lists give the same groups on any machine.
import { AUTOMATON_OCTETS_MAX, automatonOf } from './patterns.ts';

/** Making a state costs as much as there are expressions in the group. */
const MEMBERS_MAX = 128;
/** Each group costs every query a walk over its name. */
const GROUPS_MAX = 16;
/** States that one expression may need for all sample names, and each further one of its group. */
const OCTETS_OF_ONE_MAX = 65_536;
const OCTETS_OF_NEXT_MAX = 24_576;
/** Where all of a group remember next to nothing. */
const OCTETS_OF_NEXT_PLAIN = 4096;
/** Over all groups tried for one rule set: bounds the work that hostile lists make. */
const OCTETS_OF_ALL_MAX = 33_554_432;
/** Of those that do remember something, so many are tried together first. */
const FIRST_MEMBERS = 8;

const SAMPLES = 64;
/** For one expression, which is tried with others later. */
const SAMPLES_ALONE = 16;
const SAMPLES_OF_PATTERNS_MAX = 48;
const HOST = 'abcdefghijklmnopqrstuvwxyz0123456789-';
const USUAL = ['www', 'api', 'cdn', 'mail', 'ads', 'static', 'img', 'com', 'net', 'org', 'co.uk', 'example'];

/** @returns the group of each expression, −1 for one that is refused */
export function groupPatterns(sources: readonly string[]): Int32Array {
  return new Grouping(sources).groups;
}

class Grouping {
  readonly groups: Int32Array;
  readonly #sources: readonly string[];
  #count = 0;
  /** Octets of states made in all trials. */
  #made = 0;

  constructor(sources: readonly string[]) {
    this.#sources = sources;
    this.groups = new Int32Array(sources.length).fill(-1);
    const screened: { readonly index: number; readonly octets: number }[] = [];
    // As they come: most remember nothing of a name, and fit together however many.
    for (let from = 0; from < sources.length; from += MEMBERS_MAX) {
      const members = [...sources.keys()].slice(from, from + MEMBERS_MAX);
      if (this.#count < GROUPS_MAX && this.#octetsOf(members, OCTETS_OF_NEXT_PLAIN) !== null)
        this.#add(members);
      else
        for (const index of members) {
          const octets = this.#octetsOf([index]);
          if (octets !== null) screened.push({ index, octets });
        }
    }
    // The others by what each needs alone: those beside a greedy one are not refused with it.
    screened.sort((a, b) => a.octets - b.octets || a.index - b.index);
    this.#pack(screened.map(({ index }) => index));
  }

  /** Groups of as many as fit together, one after the other. */
  #pack(waiting: readonly number[]): void {
    let size = FIRST_MEMBERS;
    for (let at = 0; at < waiting.length && this.#count < GROUPS_MAX; ) {
      let members: readonly number[] = waiting.slice(at, at + size);
      while (members.length > 0 && this.#octetsOf(members) === null)
        members = members.slice(0, members.length >>> 1);
      if (members.length === size)
        for (let more = size * 2; more <= MEMBERS_MAX && at + size < waiting.length; more *= 2) {
          const larger = waiting.slice(at, at + more);
          if (this.#octetsOf(larger) === null) break;
          members = larger;
        }
      if (members.length > 0) this.#add(members);
      size = Math.max(1, members.length);
      at += size;
    }
  }

  #add(members: readonly number[]): void {
    for (const index of members) this.groups[index] = this.#count;
    this.#count += 1;
  }

  /**
   * Octets of the states that the sample names need; null when they are more than a group of so many may have.
   * @param each what each further one of the group may need
   */
  #octetsOf(members: readonly number[], each = OCTETS_OF_NEXT_MAX): number | null {
    if (this.#made > OCTETS_OF_ALL_MAX) return null;
    const sources = members.map((index) => this.#sources[index] ?? '');
    const automaton = automatonOf(sources);
    const most = OCTETS_OF_ONE_MAX + each * (members.length - 1);
    const made = (): number => AUTOMATON_OCTETS_MAX - automaton.dfa.memBudget;
    for (const name of samplesFor(sources)) {
      automaton.match(name);
      if (!automaton.dfa.failed && made() <= most) continue;
      this.#made += made();
      return null;
    }
    this.#made += made();
    return made();
  }
}

/** Names as they come, of random octets as well, and names made of what the expressions themselves speak of. */
function* samplesFor(sources: readonly string[]): Generator<string> {
  const random = randomFrom(sources.length);
  const pick = <T>(from: readonly T[] | string): T | string => from[Math.floor(random() * from.length)] ?? '';
  const noise = (length: number): string => {
    let text = '';
    for (let i = 0; i < length; i += 1) text += i % 24 === 23 ? '.' : pick(HOST);
    return text;
  };
  const samples = sources.length === 1 ? SAMPLES_ALONE : SAMPLES;
  for (let i = 0; i < samples; i += 1)
    yield i % 8 === 0 ? noise(200) : `${pick(USUAL)}${noise(3 + Math.floor(random() * 20))}.${pick(USUAL)}`;
  const words = sources.map((source) => source.toLowerCase().match(/[a-z0-9-]{2,}/g) ?? []);
  const every = Math.max(1, Math.ceil(sources.length / SAMPLES_OF_PATTERNS_MAX));
  for (let i = 0; i < words.length; i += every) {
    const own = words[i] ?? [];
    yield `${own.join('.')}.${noise(120)}${pick(own)}`;
    yield `${pick(own)}${noise(100)}${pick(own)}.${pick(words[Math.floor(random() * words.length)] ?? [])}.com`;
  }
}

/** The same numbers every time, from 0 to 1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
