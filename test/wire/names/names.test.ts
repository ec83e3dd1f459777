// Names: the wire form is walked, expanded and compared without ever leaving the message; text and wire agree.
import fc from 'fast-check';
import t from 'tap';
import {
  equalNames,
  expandName,
  isWithin,
  labelCount,
  nameLength,
  skipName,
  skipUncompressedName,
} from '../../../src/wire/names/name.ts';
import { hostToName, nameToText, textToName } from '../../../src/wire/names/presentation.ts';
import { wireName } from '../../support/wire-message.ts';

const label = fc.uint8Array({ minLength: 1, maxLength: 63 });
const name = fc
  .array(label, { maxLength: 12 })
  .map((labels) => Uint8Array.from([...labels.flatMap((octets) => [octets.length, ...octets]), 0]))
  .filter((octets) => octets.length <= 255);

t.test('text of any wire name reads back as the same name, letter case aside', async (t) => {
  fc.assert(
    fc.property(name, (octets) => {
      const back = textToName(nameToText(octets));
      return back !== null && back.length === octets.length && equalNames(back, 0, octets, 0);
    }),
  );
  t.pass();
});

t.test('a dot inside a label is not a label boundary', async (t) => {
  const one = Uint8Array.from([10, ...Buffer.from('ok.example'), 0]);
  const two = Uint8Array.from(wireName('ok.example'));

  t.equal(nameToText(one), 'ok\\.example');
  t.equal(nameToText(two), 'ok.example');
  t.notOk(equalNames(one, 0, two, 0));
  t.same(textToName('ok\\.example'), one);
});

t.test('presentation form escapes what is not a plain printing character', async (t) => {
  const octets = Uint8Array.from([7, 0, 13, 10, 27, 0x3c, 0x22, 0xff, 3, ...Buffer.from('ORG'), 0]);

  t.equal(nameToText(octets), '\\000\\013\\010\\027<\\"\\255.org');
  t.equal(nameToText(Uint8Array.of(0)), '.');
});

t.test('text that is no name gives null', async (t) => {
  for (const text of [
    '',
    '..',
    '.a',
    'a..b',
    `${'x'.repeat(64)}.org`,
    'a\\',
    'a\\25',
    'a\\256',
    `${'abcdefg.'.repeat(32)}x`,
  ])
    t.equal(textToName(text), null, JSON.stringify(text.slice(0, 20)));
  t.same(textToName('.'), Uint8Array.of(0));
  t.same(textToName('a.'), textToName('a'));
});

t.test('host names from lists become lower-case A-labels', async (t) => {
  const text = (host: string): string | null => {
    const octets = hostToName(host);
    return octets === null ? null : nameToText(octets);
  };

  t.equal(text('WWW.Example.ORG.'), 'www.example.org');
  t.equal(text('пример.рф'), 'xn--e1afmkfd.xn--p1ai');
  t.equal(text('_dmarc.example.org'), '_dmarc.example.org');
  for (const host of [
    '',
    '.',
    'a b',
    'a/b.org',
    'ex%61mple.org',
    '-a.org',
    'a..org',
    'a\n.org',
    'user@host.org',
    'a\\.org',
  ])
    t.equal(text(host), null, JSON.stringify(host));
});

t.test('a pointer may only lead backwards, past the header, and never twice to one place', async (t) => {
  const target = new Uint8Array(256);
  const at = (offset: number): number[] => [0xc0 | (offset >> 8), offset & 0xff];
  const header = new Array<number>(12).fill(0);
  const message = Uint8Array.from([
    ...header,
    ...wireName('org'),
    1,
    0x61,
    ...at(12),
    ...at(21),
    ...at(19),
    1,
    0x62,
    ...at(25),
  ]);

  t.equal(expandName(message, 17, message.length, target), 7, 'a label, then a pointer to org');
  t.equal(nameToText(target), 'a.org');
  t.equal(expandName(message, 21, message.length, target), -1, 'a pointer to itself');
  t.equal(expandName(message, 25, message.length, target), -1, 'a label whose pointer leads back to it');
  t.equal(expandName(Uint8Array.from([...header, ...at(0)]), 12, 14, target), -1, 'into the header');
  t.equal(expandName(Uint8Array.from([...header, ...at(14), 0]), 12, 15, target), -1, 'forward');
});

t.test('noise never makes the walk leave the message or go on for ever', async (t) => {
  const target = new Uint8Array(256);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(320), (message, offset) => {
      const skipped = skipName(message, offset, message.length);
      const plain = skipUncompressedName(message, offset, message.length);
      const expanded = expandName(message, offset, message.length, target);
      return skipped <= message.length && plain <= message.length && expanded <= 255;
    }),
  );
  t.pass();
});

t.test('255 octets are a name and 256 are not', async (t) => {
  const labels = (last: number): Uint8Array =>
    Uint8Array.from([
      ...[63, 63, 63, last].flatMap((length) => [length, ...new Array<number>(length).fill(0x61)]),
      0,
    ]);
  const longest = labels(61);
  const tooLong = labels(62);

  t.equal(longest.length, 255);
  t.equal(skipName(longest, 0, 255), 255);
  t.equal(skipUncompressedName(longest, 0, 255), 255);
  t.equal(skipName(tooLong, 0, 256), -1);
  t.equal(skipUncompressedName(tooLong, 0, 256), -1);
  t.equal(expandName(tooLong, 0, 256, new Uint8Array(512)), -1);
});

t.test('within means equal or below, on label boundaries', async (t) => {
  const within = (lower: string, upper: string): boolean => {
    const octets = Uint8Array.from(wireName(lower));
    return isWithin(octets, octets.length, Uint8Array.from(wireName(upper)));
  };

  t.ok(within('a.example.org', 'example.org'));
  t.ok(within('example.org', 'example.org'));
  t.ok(within('example.org', ''));
  t.notOk(within('notexample.org', 'example.org'));
  t.notOk(within('org', 'example.org'));
  t.equal(labelCount(Uint8Array.from(wireName('a.b.c')), 0), 3);
  t.equal(nameLength(Uint8Array.from(wireName('a.b.c')), 0), 7);
});
