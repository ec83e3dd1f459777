// Groups of machines that a resolver thread was told of before the main thread said them.
import t from 'tap';
import { ForwardedClients } from '../../../src/daemon/threads/forwarded.ts';
import { textToAddress } from '../../../src/wire/names/address.ts';
import { configOf } from '../../support/config-text.ts';

const { groups } = configOf(
  'groups: { kids: { clients: ["02:00:00:00:00:50"], lists: [] }, default: { clients: [any], lists: [] } }',
);
const address = textToAddress('192.0.2.5') ?? new Uint8Array(16);
const machine = (last: number) => ({
  address,
  mac: Uint8Array.from([2, 0, 0, 0, 0, last]),
  id: null,
  isAnother: false,
});
const KIDS = 0;
const DEFAULT = 1;

t.test('whoever has the address of a machine of a group is not in that group', async (t) => {
  const told = new ForwardedClients();
  t.equal(told.keep(machine(0x50), groups, [], 0), true);
  t.equal(told.keep(machine(0x50), groups, [], 0), false, 'told by the main thread, too');
  t.equal(told.groups(groups, []).groupOf(address), KIDS);
  t.equal(told.keep(machine(0x51), groups, [], 1), true, 'groups are put together again');
  t.equal(told.groups(groups, []).groupOf(address), DEFAULT);
  t.equal(told.keep(machine(0x52), groups, [], 2), false, 'nothing changes any more');
});

t.test('what the main thread had the time to say is its own word', async (t) => {
  const told = new ForwardedClients();
  told.keep(machine(0x50), groups, [], 0);
  t.equal(told.forgetUntil(-1), true, 'not yet');
  t.equal(told.groups(groups, []).groupOf(address), KIDS);
  t.equal(told.forgetUntil(0), false);
  t.equal(told.groups(groups, []).groupOf(address), DEFAULT, 'the main thread knows it no more');
});

t.test('of an address that has another machine the main thread has not spoken yet', async (t) => {
  const told = new ForwardedClients();
  const said = [{ address, group: KIDS }];
  told.keep(machine(0x51), groups, [], 0);
  t.equal(told.groups(groups, said).groupOf(address), KIDS, 'whose user may be one of a group');
  told.keep({ ...machine(0x51), isAnother: true }, groups, [], 0);
  t.equal(told.groups(groups, said).groupOf(address), DEFAULT);
  told.heard();
  t.equal(told.groups(groups, said).groupOf(address), KIDS, 'it has');
});

t.test('what the main thread says by the MAC of another is not said of whoever asks', async (t) => {
  const told = new ForwardedClients();
  const said = [{ address, group: KIDS, mac: '02:00:00:00:00:50' }];
  t.equal(told.keep(machine(0x51), groups, said, 0), true, 'though nobody was told of there before');
  t.equal(told.groups(groups, said).groupOf(address), DEFAULT);
  t.equal(told.keep(machine(0x50), groups, said, 1), true);
  t.equal(told.groups(groups, said).groupOf(address), KIDS);
});
