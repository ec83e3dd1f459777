// What one machine may hold of the admin interface's connections.
import { EventEmitter } from 'node:events';
import type { Server } from 'node:net';
import t from 'tap';
import { CONNECTIONS, shareConnections } from '../../src/admin/door/connections.ts';

class Socket extends EventEmitter {
  destroyed = false;
  readonly remoteAddress: string;
  constructor(address: string) {
    super();
    this.remoteAddress = address;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

/** Opens silent connections; `open` says how many of them were let in. */
function door(isProxy: (address: string) => boolean = () => false) {
  const server = new EventEmitter();
  shareConnections([server as Server], isProxy);
  const open = (count: number, addressOf: (i: number) => string): Socket[] =>
    Array.from({ length: count }, (_, i) => {
      const socket = new Socket(addressOf(i));
      server.emit('connection', socket);
      return socket;
    }).filter(({ destroyed }) => !destroyed);
  return { open };
}

t.test(
  'silent connections of one machine shut out neither others nor the command line of this one',
  async (t) => {
    const { open } = door();
    const held = open(1000, () => '192.0.2.7');
    t.equal(held.length, CONNECTIONS.ofOne);
    t.equal(open(5, () => '192.0.2.8').length, 5);
    t.equal(open(5, () => '127.0.0.1').length, 5);
    held[0]?.destroy();
    t.equal(open(2, () => '192.0.2.7').length, 1, 'one that ends makes room for one');
  },
);

t.test('nor do those of a thousand machines: what one may hold stays for this machine', async (t) => {
  const { open } = door();
  const others = open(1000, (i) => `198.51.${i >> 8}.${i & 255}`);
  t.equal(others.length, CONNECTIONS.all - CONNECTIONS.ofOne);
  t.equal(open(CONNECTIONS.ofOne + 5, (i) => (i % 2 === 0 ? '127.0.0.1' : '::1')).length, CONNECTIONS.ofOne);
});

t.test(
  'a declared proxy brings many clients and has no share of its own, within the bound of all',
  async (t) => {
    const { open } = door((address) => address === '192.0.2.1');
    t.equal(open(1000, () => '192.0.2.1').length, CONNECTIONS.all - CONNECTIONS.ofOne);
  },
);
