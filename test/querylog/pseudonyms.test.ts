// Pseudonyms of addresses, by the test vectors of draft-denis-ipcrypt, and the file of their key.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { keyIn, Pseudonyms, readKey } from '../../src/querylog/pseudonyms.ts';
import { addressToText, textToAddress } from '../../src/wire/names/address.ts';

const KEY = Buffer.from('0123456789abcdeffedcba98765432101032547698badcfeefcdab8967452301', 'hex');
const pseudonyms = new Pseudonyms(KEY);
const of = (text: string): string => addressToText(pseudonyms.of(textToAddress(text)!));

t.test('pseudonyms are those of the draft, and the key opens them', async (t) => {
  t.same(['0.0.0.0', '255.255.255.255', '192.0.2.1', '2001:db8::1'].map(of), [
    '151.82.155.134',
    '94.185.169.89',
    '100.115.72.131',
    'c180:5dd4:2587:3524:30ab:fa65:6ab6:f88',
  ]);
  const addresses = ['192.0.2.1', '192.0.2.129', '198.51.100.7', '2001:db8::1', '::1', 'fe80::1'];
  t.same(
    addresses.map((text) => addressToText(pseudonyms.open(pseudonyms.of(textToAddress(text)!)))),
    addresses,
  );
});

t.test('addresses of one network have pseudonyms of one network', async (t) => {
  const networkOf = (text: string): string => of(text).split('.').slice(0, 3).join('.');
  t.equal(networkOf('192.0.2.1'), networkOf('192.0.2.254'));
  t.not(networkOf('192.0.2.1'), networkOf('192.0.3.1'));
});

t.test('a key is made once, for its owner alone; what is none is told', async (t) => {
  const path = join(t.testdir(), 'log.key');
  const key = keyIn(path);
  t.equal(key.length, 32);
  t.same(keyIn(path), key);
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.match(readFileSync(path, 'utf8'), /^[0-9a-f]{64}\n$/);
  writeFileSync(path, '');
  t.not(keyIn(path).join(), key.join(), 'one that a kill left empty is made again');
  writeFileSync(path, 'short');
  t.throws(() => keyIn(path), /holds no key of pseudonyms/, 'no other is written over');
  t.throws(() => readKey(path), /holds no key of pseudonyms/);
  t.throws(() => new Pseudonyms(new Uint8Array(32)), /two halves that are not the same/);
});
