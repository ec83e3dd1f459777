// Who held an address: found again for as many addresses as a large network has, and for no other time.
import t from 'tap';
import type { Identity } from '../../src/clients/machine.ts';
import { RecentHolders } from '../../src/clients/recent-holders.ts';
import { textToAddress } from '../../src/wire/names/address.ts';

const addressOf = (number: number): Uint8Array =>
  textToAddress(`10.${number >> 16}.${(number >> 8) & 0xff}.${number & 0xff}`) ?? new Uint8Array(16);
const machine = (id: string): Identity => ({ id }) as Identity;
const MACHINES = Array.from({ length: 10_000 }, (_, i) => ({ octets: addressOf(i), who: machine(`m${i}`) }));

t.test('of ten thousand that ask in turn nearly all are found again, each as itself', async (t) => {
  const recent = new RecentHolders();
  for (const { octets, who } of MACHINES) recent.note(octets, 0, who, 0, 100);
  let found = 0;
  for (const { octets, who } of MACHINES) {
    const again = recent.find(octets, 0, 50);
    if (again === who) found += 1;
    else if (again !== null) t.fail(`${again.id} in place of ${who.id}`);
  }
  t.ok(found > 8500, `${found} of ${MACHINES.length}`);
});

t.test('an answer holds for its time, and until something is learnt', async (t) => {
  const recent = new RecentHolders();
  const [{ octets, who } = { octets: addressOf(0), who: machine('m0') }] = MACHINES;
  const at = (...times: number[]): (string | null)[] =>
    times.map((timeMs) => recent.find(octets, 0, timeMs)?.id ?? null);
  t.same(at(0, 10), [null, null]);
  recent.note(octets, 0, who, 10, 20);
  t.same(at(9, 10, 19, 20), [null, 'm0', 'm0', null]);
  // Later it is another's, at the same place.
  recent.note(octets, 0, machine('other'), 20, Number.POSITIVE_INFINITY);
  t.same(at(19, 20, 1e15), [null, 'other', 'other']);
  const framed = Uint8Array.from([1, 2, 3, ...octets]);
  t.equal(recent.find(framed, 3, 20)?.id, 'other', 'wherever its octets lie');
  recent.clear();
  t.same(at(20), [null]);
});
