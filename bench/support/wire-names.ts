// Names for the trie's bench, in wire form: generated ones in the manner of real lists, real ones, and queries for both.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { START_BELOW, START_SECOND } from '../../src/trie/code/label-code.ts';
import { LabelDecoder } from '../../src/trie/code/label-decoder.ts';
import { TYPICAL_LENGTHS } from '../../src/trie/code/typical-code.ts';
import { hostToName } from '../../src/wire/names/presentation.ts';
import { seeded } from './names.ts';

const LISTS = join(import.meta.dirname, '../../../shared/data/lists');
const NAME_OCTETS_MAX = 255;

/** Wire names one after another. */
export interface Names {
  readonly octets: Uint8Array;
  /** Where each begins, and where the last one ends. */
  readonly starts: Uint32Array;
  readonly count: number;
}

/** Writes a name to `target[at ..)`. @returns the offset just past it */
export type WriteName = (target: Uint8Array, at: number) => number;

export function packed(count: number, next: WriteName): Names {
  const starts = new Uint32Array(count + 1);
  let octets = new Uint8Array(count * 28 + NAME_OCTETS_MAX);
  for (let i = 0; i < count; i += 1) {
    if (starts[i]! + NAME_OCTETS_MAX > octets.length) {
      const grown = new Uint8Array(Math.ceil(octets.length * 1.3) + NAME_OCTETS_MAX);
      grown.set(octets);
      octets = grown;
    }
    starts[i + 1] = next(octets, starts[i]!);
  }
  return { octets, starts, count };
}

/** Copies a name to where a query's name stands; its length. */
export function load(names: Names, i: number, target: Uint8Array): number {
  const start = names.starts[i]!;
  const end = names.starts[i + 1]!;
  for (let at = start; at < end; at += 1) target[at - start] = names.octets[at]!;
  return end - start;
}

const SUFFIXES =
  'com com com com com com com net net org org de ru info xyz top online site shop nl fr it pl cn app dev co.uk com.br';

/** Letters as they follow each other in real lists. */
class LabelMaker {
  readonly #random: () => number;
  readonly #decoder = new LabelDecoder(TYPICAL_LENGTHS);
  readonly #noise = new Uint8Array(16);
  readonly #letters = new Uint8Array(160);

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Puts a label of this length, at most 16, at `target[at ..)`. @returns the offset just past it */
  write(context: number, length: number, target: Uint8Array, at: number): number {
    const letters = this.#letters;
    const noise = this.#noise;
    for (;;) {
      for (let i = 0; i < noise.length; i += 1) noise[i] = this.#random() * 256;
      if (this.#decoder.decode(context, noise, 0, 0, noise.length, letters, 0) < length) continue;
      let i = 0;
      while (i < length && isUsual(letters[i]!)) i += 1;
      if (i < length) continue;
      target[at] = length;
      for (let k = 0; k < length; k += 1) target[at + 1 + k] = letters[k]!;
      return at + 1 + length;
    }
  }
}

const isUsual = (octet: number): boolean => (octet >= 97 && octet <= 122) || (octet >= 48 && octet <= 57);

/**
 * Names of registered domains and below them, in the shares of the real lists: most registered domains have one name, a few
 * have dozens. Distinct but for chance.
 */
export function generated(count: number, seed: number): Names {
  const random = seeded(seed);
  const labels = new LabelMaker(random);
  const suffixes = SUFFIXES.split(' ').map((suffix) => wire(suffix.split('.')));
  const apex = new Uint8Array(64);
  let apexOctets = 0;
  let left = 0;
  let isFirst = true;
  return packed(count, (target, at) => {
    if (left === 0) {
      const suffix = suffixes[Math.floor(random() * suffixes.length)]!;
      const end = labels.write(START_SECOND, 6 + Math.floor((random() + random()) * 7), apex, 0);
      apex.set(suffix, end);
      apexOctets = end + suffix.length;
      const kind = random();
      left = kind < 0.72 ? 1 : kind < 0.97 ? 2 : 4 + Math.floor(-Math.log(1 - random()) * 25);
      isFirst = true;
    }
    let to = at;
    if (isFirst ? random() < 0.3 : true) {
      if (!isFirst && random() < 0.2) to = labels.write(START_BELOW, 3, target, to);
      to = isFirst
        ? put(WWW, target, to)
        : labels.write(START_BELOW, 3 + Math.floor((random() + random()) * 5), target, to);
    }
    isFirst = false;
    left -= 1;
    target.set(apex.subarray(0, apexOctets), to);
    return to + apexOctets;
  });
}

const WWW = Uint8Array.of(3, 119, 119, 119);

function put(octets: Uint8Array, target: Uint8Array, at: number): number {
  target.set(octets, at);
  return at + octets.length;
}

export function wire(labels: readonly string[]): Uint8Array {
  return Uint8Array.from([...labels, ''].flatMap((label) => [label.length, ...Buffer.from(label, 'latin1')]));
}

export interface RealNames {
  readonly names: Names;
  /** Octets of the largest list. */
  readonly largestOctets: number;
}

/** Every name of the real lists, whatever their format, each list once; null where there are none. */
export function realNames(): RealNames | null {
  if (!existsSync(LISTS)) return null;
  const files = readdirSync(LISTS)
    .filter((file) => !file.startsWith('fake.') || file === 'fake.domains.txt')
    .map((file) => join(LISTS, file));
  const all = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /^[a-z0-9*|]/i.test(line))
      .map((line) =>
        hostToName(
          line
            .trim()
            .replace(/^(\|\||\*\.|\S+\s+)/, '')
            .replace(/\^.*$/, ''),
        ),
      )
      .filter((name) => name !== null),
  );
  let next = 0;
  const names = packed(all.length, (target, at) => put(all[next++]!, target, at));
  return { names, largestOctets: Math.max(...files.map((file) => statSync(file).size)) };
}

/** The name itself. */
export function putName(names: Names, i: number, target: Uint8Array, at: number): number {
  return put(names.octets.subarray(names.starts[i]!, names.starts[i + 1]!), target, at);
}

/** A label of two to nine letters. @returns the offset just past it */
function putRandomLabel(random: () => number, target: Uint8Array, at: number): number {
  const length = 2 + Math.floor(random() * 8);
  target[at] = length;
  for (let k = 1; k <= length; k += 1) target[at + k] = 97 + Math.floor(random() * 26);
  return at + 1 + length;
}

/** One to three labels below the name. */
export function putBelow(
  names: Names,
  i: number,
  random: () => number,
  target: Uint8Array,
  at: number,
): number {
  let to = at;
  for (let labels = 1 + Math.floor(random() * 3); labels > 0; labels -= 1) {
    to = putRandomLabel(random, target, to);
  }
  return putName(names, i, target, to);
}

/** The name with another first label; below it where it has two labels. */
export function putBeside(
  names: Names,
  i: number,
  random: () => number,
  target: Uint8Array,
  at: number,
): number {
  const start = names.starts[i]!;
  const first = names.octets[start]!;
  const second = start + 1 + first;
  const isApex = names.octets[second + 1 + names.octets[second]!] === 0;
  const to = putRandomLabel(random, target, at);
  return put(names.octets.subarray(isApex ? start : second, names.starts[i + 1]!), target, to);
}

/** A name under the same public suffix: the registered label, above a suffix of one label or two (`co.uk`), is another. */
export function putNeighbour(
  names: Names,
  i: number,
  random: () => number,
  target: Uint8Array,
  at: number,
): number {
  const end = putName(names, i, target, at);
  const starts: number[] = [];
  for (let label = at; target[label] !== 0; label += target[label]! + 1) starts.push(label);
  const second = starts[starts.length - 2] ?? at;
  const registered = target[second]! <= 3 ? (starts[starts.length - 3] ?? second) : second;
  for (let k = registered + 1; k <= registered + target[registered]!; k += 1)
    if (k === registered + 1 || random() < 0.5) target[k] = 97 + Math.floor(random() * 26);
  return end;
}
