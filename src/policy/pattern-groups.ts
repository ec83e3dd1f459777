// Divides expressions into groups whose common automaton stays small, and refuses those that would make every query slow.
//
// An automaton's states are made as names need them, each at a cost; a hostile expression (`[a-z].{0,200}x`, or hundreds that
// each remember one letter) needs a new one for nearly every octet. So each group is tried on names made for it, before any
// query: what needs too much is halved, down to one expression, which is then refused. Counted in octets of states, not in
// time: the same lists give the same groups on any machine.
import { AUTOMATON_OCTETS_MAX, automatonOf } from './patterns.ts';

/** Making a state costs as much as there are expressions in the group. */
const MEMBERS_MAX = 128;
/** Each group costs every query a walk over its name. */
const GROUPS_MAX = 16;
/** Groups tried for one rule set: bounds the work that hostile lists make. */
const TRIALS_MAX = 64;
/** States that one expression may need for all sample names, and each further one of its group. */
const OCTETS_OF_ONE_MAX = 65_536;
const OCTETS_OF_NEXT_MAX = 24_576;

const SAMPLES = 64;
const SAMPLES_OF_PATTERNS_MAX = 48;
const HOST = 'abcdefghijklmnopqrstuvwxyz0123456789-';
const USUAL = ['www', 'api', 'cdn', 'mail', 'ads', 'static', 'img', 'com', 'net', 'org', 'co.uk', 'example'];

/** @returns the group of each expression, −1 for one that is refused */
export function groupPatterns(sources: readonly string[]): Int32Array {
  const groups = new Int32Array(sources.length).fill(-1);
  const isSmallGroup = (members: readonly number[]): boolean =>
    isSmall(members.map((index) => sources[index] ?? ''));
  const waiting: { readonly members: number[]; readonly isScreened: boolean }[] = [];
  for (let from = 0; from < sources.length; from += MEMBERS_MAX)
    waiting.push({ members: [...sources.keys()].slice(from, from + MEMBERS_MAX), isScreened: false });
  let count = 0;
  for (let trials = 0; trials < TRIALS_MAX && count < GROUPS_MAX; trials += 1) {
    const next = waiting.shift();
    if (next === undefined) break;
    const { members, isScreened } = next;
    if (members.length === 0) continue;
    if (isSmallGroup(members)) {
      for (const index of members) groups[index] = count;
      count += 1;
    } else if (!isScreened)
      waiting.push({ members: members.filter((index) => isSmallGroup([index])), isScreened: true });
    else if (members.length > 1) {
      const half = members.length >>> 1;
      for (const part of [members.slice(0, half), members.slice(half)])
        waiting.push({ members: part, isScreened: true });
    }
  }
  return groups;
}

function isSmall(sources: readonly string[]): boolean {
  const automaton = automatonOf(sources);
  const budget = AUTOMATON_OCTETS_MAX - OCTETS_OF_ONE_MAX - OCTETS_OF_NEXT_MAX * (sources.length - 1);
  for (const name of samplesFor(sources)) {
    automaton.match(name);
    if (automaton.dfa.failed || automaton.dfa.memBudget < budget) return false;
  }
  return true;
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
  for (let i = 0; i < SAMPLES; i += 1)
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
