import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { entriesOf } from '../../src/trie/entries.ts';
import { type NaiveMatch, octets } from '../support/naive-trie.ts';
import { bothTries, type Entry, found, nameOf } from '../support/trie-names.ts';

const LISTS = join(import.meta.dirname, '../../../shared/data/lists');
const FILES = ['stevenblack.domains.txt', 'phishing.domains.txt', 'fake.domains.txt'];
const skip = FILES.every((file) => existsSync(join(LISTS, file))) ? false : 'no ../shared/data/lists here';

const ASKED = 30_000;

/** Names of the lists, each with its list's number as rule. */
function realEntries(): Entry[] {
  return FILES.flatMap((file, rule) =>
    readFileSync(join(LISTS, file), 'latin1')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .filter((line) => line.length < 254 && line.split('.').every((part) => part !== '' && part.length < 64))
      .map((line): Entry => [nameOf(...line.split('.')), rule]),
  );
}

/** A name near another: itself, below it, above it, or with an octet changed, lost or doubled. */
function mutated(of: Uint8Array, random: () => number): Uint8Array {
  const labels: string[] = [];
  for (let at = 0; of[at] !== 0; at += of[at]! + 1)
    labels.push(octets(of.subarray(at + 1, at + 1 + of[at]!)));
  const pick = Math.floor(random() * labels.length);
  const label = labels[pick]!;
  const place = Math.floor(random() * label.length);
  switch (Math.floor(random() * 7)) {
    case 0:
      return nameOf(...labels); // prettier-ignore
    case 1:
      return nameOf('www', ...labels); // prettier-ignore
    case 2:
      return nameOf(...labels.slice(1)); // prettier-ignore
    case 3:
      labels[pick] = `${label.slice(0, place)}${label.slice(place + 1)}` || 'x';
      break; // prettier-ignore
    case 4:
      labels[pick] =
        `${label.slice(0, place)}${String.fromCharCode(97 + random() * 26)}${label.slice(place + 1)}`;
      break; // prettier-ignore
    case 5:
      labels[pick] = (label + label.slice(place)).slice(0, 63);
      break; // prettier-ignore
    default:
      labels.splice(pick, 1);
  }
  const name = nameOf(...labels);
  return name.length > 255 ? of : name;
}

function sameMatches(a: readonly NaiveMatch[], b: readonly NaiveMatch[]): boolean {
  const same = (x: NaiveMatch, y: NaiveMatch) => x.offset === y.offset && x.rules.join() === y.rules.join();
  return a.length === b.length && a.every((match, i) => same(match, b[i]!));
}

t.test(
  '30,000 sampled and mutated names of real lists are judged as a Map judges them',
  { skip },
  async (t) => {
    const entries = realEntries();
    const { builder, buffer, trie, sets, naive } = bothTries(entries, { seed: 20_231_123 });
    t.equal(builder.names, naive.names);
    t.ok(buffer.byteLength / naive.names <= 12, `${buffer.byteLength / naive.names} octets a name`);
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const wrong: string[] = [];
    let hits = 0;
    for (let i = 0; i < ASKED; i += 1) {
      const asked = mutated(entries[Math.floor(random() * entries.length)]![0], random);
      const expected = naive.findAll(asked);
      if (expected.length > 0) hits += 1;
      if (!sameMatches(found(trie, sets, asked), expected)) wrong.push(octets(asked));
    }
    t.strictSame(wrong.slice(0, 5), []);
    t.ok(hits > ASKED / 3 && hits < ASKED, `${hits} of ${ASKED} names hit`);
    let walked = 0;
    let strange = 0;
    for (const entry of entriesOf(trie)) {
      walked += 1;
      if (naive.rulesOf(entry.name) === null) strange += 1;
    }
    t.equal(walked, naive.names);
    t.equal(strange, 0);
  },
);
