// What the compiled lists decide beside a naive reading of their own: 30,000 sampled and mutated names a list.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Policy } from '../../src/policy/decide.ts';
import { Verdict } from '../../src/policy/verdict.ts';
import { textToName } from '../../src/wire/names/presentation.ts';
import { groupOf } from '../support/group.ts';
import { compileText } from '../support/lists-compile.ts';

const folder = join(import.meta.dirname, '../../../shared/data/lists');
const skip = existsSync(folder) ? false : 'shared data is not here';
const SAMPLES = 30_000;

/** The whole filter, as a person would write it down. */
function naive(
  text: string,
  leftOut: ReadonlySet<string>,
): { names: string[]; isBlocked: (name: string) => boolean } {
  const exact = new Set<string>();
  const subtree = new Set<string>();
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || /^([#!]|server:)/.test(line)) continue;
    const quoted = /^(?:local|address)=\/([^/]+)\/|^local-zone: "([^"]+?)\.?"/.exec(line);
    if (quoted !== null) subtree.add(quoted[1] ?? quoted[2] ?? '');
    else if (line.startsWith('||')) subtree.add(line.slice(2, -1));
    else if (line.startsWith('*.')) subtree.add(line.slice(2));
    else exact.add(line.replace(/^0\.0\.0\.0\s+/, ''));
  }
  for (const names of [exact, subtree]) for (const name of leftOut) names.delete(name);
  const isBlocked = (name: string): boolean => {
    if (exact.has(name)) return true;
    for (let rest = name; ; rest = rest.slice(rest.indexOf('.') + 1)) {
      if (subtree.has(rest)) return true;
      if (!rest.includes('.')) return false;
    }
  };
  return { names: [...exact, ...subtree], isBlocked };
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const MUTATIONS: readonly ((name: string, random: () => number) => string)[] = [
  (name) => name,
  (name) => `www.${name}`,
  (name) => `a.b.c.${name}`,
  (name) => `x${name}`,
  (name) => `${name}x`,
  (name) => `${name}.example`,
  (name) => name.slice(name.indexOf('.') + 1),
  (name) => name.replace('.', '-'),
  (name, random) => {
    const at = Math.floor(random() * name.length);
    return `${name.slice(0, at)}q${name.slice(at + 1)}`;
  },
];

const FILES = [
  'basic.hosts.txt',
  'light.wildcard.txt',
  'phishing.domains.txt',
  'ransomware.adblock.txt',
  'fake.adblock.txt',
  'fake.dnsmasq.txt',
  'fake.unbound.txt',
];
for (const file of FILES) {
  t.test(`${file} decides as its naive reading on ${SAMPLES} names`, { skip }, async (t) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const { ruleSet, lists } = await compileText(text);
    const leftOut = new Set(
      lists[0]?.skipped.flatMap(({ examples }) => examples.map((example) => example.text)),
    );
    const { names, isBlocked } = naive(text, leftOut);
    const group = groupOf({ lists: ['test'] });
    const policy = new Policy(ruleSet, [group], { kind: 'nullip' });
    const verdict = new Verdict();
    const address = new Uint8Array(16);
    const random = randomFrom(file.length);
    const wrong: string[] = [];
    let blocked = 0;
    for (let i = 0; i < SAMPLES; i += 1) {
      const name = names[Math.floor(random() * names.length)] ?? '';
      const mutate = MUTATIONS[i % MUTATIONS.length] ?? MUTATIONS[0]!;
      const asked = mutate(name, random);
      const wire = textToName(asked);
      if (wire === null) continue;
      const code = policy.decide(wire, wire.length, 1, 0, address, verdict);
      if ((code !== 0) !== isBlocked(asked)) wrong.push(asked);
      if (code !== 0) blocked += 1;
    }
    t.same(wrong, []);
    t.ok(blocked > SAMPLES / 20 && blocked < SAMPLES, `${blocked} of them blocked`);
  });
}
