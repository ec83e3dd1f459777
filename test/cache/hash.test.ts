import t from 'tap';
import { hashQuestion, randomHashKey } from '../../src/cache/hash.ts';
import { nameOctets } from '../support/message.ts';

t.test('HalfSipHash-1-3: every part of the question counts, and so does the key', async (t) => {
  const key = { first: 11, second: 22 };
  const name = nameOctets('www.example.org');
  const base = hashQuestion(key, name, name.length, 1, 0);
  t.equal(hashQuestion(key, name, name.length, 1, 0), base);
  t.not(hashQuestion(key, name, name.length, 2, 0), base);
  t.not(hashQuestion(key, name, name.length, 1, 1), base);
  t.not(hashQuestion(key, name, name.length - 1, 1, 0), base);
  t.not(hashQuestion({ first: 12, second: 22 }, name, name.length, 1, 0), base);
  t.not(hashQuestion({ first: 11, second: 23 }, name, name.length, 1, 0), base);
  for (let i = 0; i < name.length; i += 1) {
    const other = Uint8Array.from(name);
    other[i] = (other[i] ?? 0) ^ 1;
    t.not(hashQuestion(key, other, other.length, 1, 0), base);
  }
});

t.test('octets past the length do not count', async (t) => {
  const key = randomHashKey();
  const name = nameOctets('a.example');
  const longer = new Uint8Array(255).fill(9);
  longer.set(name);
  t.equal(hashQuestion(key, longer, name.length, 1, 0), hashQuestion(key, name, name.length, 1, 0));
});

t.test('names that fill one chain under one key spread under another', async (t) => {
  const attacked = { first: 1, second: 2 };
  const names: Uint8Array[] = [];
  for (let i = 0; names.length < 200; i += 1) {
    const name = nameOctets(`r${i}.example`);
    if ((hashQuestion(attacked, name, name.length, 1, 0) & 255) === 0) names.push(name);
  }
  const chains = new Map<number, number>();
  for (const name of names) {
    const chain = hashQuestion({ first: 3, second: 4 }, name, name.length, 1, 0) & 255;
    chains.set(chain, (chains.get(chain) ?? 0) + 1);
  }
  t.ok(Math.max(...chains.values()) <= 10, 'no chain holds more than a few of them');
});
