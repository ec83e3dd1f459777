import t from 'tap';
import {
  Extent,
  LABELS_OF_NAME,
  NAMES_LABELS_MAX,
  NAMES_OCTETS_MAX,
  OCTETS_OF_NAME,
} from '../../../src/lists/entry/extent.ts';
import { nameOf } from '../../support/trie-names.ts';

/** Names that are counted until the list is refused, at most `names`; how many that were, and why. */
function refusal(names: number, wire: (i: number) => Uint8Array): { counted: number; message: string } {
  const extent = new Extent();
  for (let i = 0; i < names; i += 1) {
    const name = wire(i);
    try {
      extent.count(name, name.length, i + 1);
    } catch (error) {
      const { code, message } = error as Error & { code: string };
      return { counted: i, message: `${code}: ${message}` };
    }
  }
  return { counted: names, message: '' };
}

t.test(
  'names of 253 octets are read up to the bound of octets, then the list is refused with what was found',
  async (t) => {
    const long = nameOf('a'.repeat(63), 'b'.repeat(63), 'c'.repeat(63), 'd'.repeat(59));
    const { counted, message } = refusal(1_000_000, () => long);
    t.equal(counted, Math.floor(NAMES_OCTETS_MAX / long.length));
    t.equal(
      message,
      `LIST_NAMES_TOO_LONG: its ${counted + 1} names up to line ${counted + 1} hold ${(counted + 1) * long.length} octets and ${(counted + 1) * 4} labels, at most ${NAMES_OCTETS_MAX} octets and ${NAMES_LABELS_MAX} labels, or ${OCTETS_OF_NAME} octets and ${LABELS_OF_NAME} labels a name are read; split the list`,
    );
  },
);

t.test('names of 120 labels are read up to the bound of labels', async (t) => {
  const deep = nameOf(...'a'.repeat(120));
  const { counted, message } = refusal(1_000_000, () => deep);
  t.equal(counted, Math.floor(NAMES_LABELS_MAX / 120));
  t.match(message, /^LIST_NAMES_TOO_LONG/);
});

t.test('names as they are, are read however many', async (t) => {
  const usual = [nameOf('example', 'com'), nameOf('ads', 'tracker', 'example', 'net')];
  t.equal(refusal(5_000_000, (i) => usual[i % 2]!).message, '');
});
