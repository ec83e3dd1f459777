// Sockets towards upstreams as whoever waits in the event loop's stead sees them.
import t, { type Test } from 'tap';
import { type Libc, loadLibc } from '../../src/native/libc.ts';
import { Messages } from '../../src/native/messages.ts';
import { NativeSockets } from '../../src/upstream/transport/native-sockets.ts';
import type { PortSocket } from '../../src/upstream/transport/udp-port.ts';

const libc = await loadLibc();
const skip = typeof libc === 'string' ? libc : false;
const MESSAGE = new Uint8Array(12);
const messageOf = (first: number): Uint8Array => MESSAGE.with(0, first);

type Numbered = PortSocket & { fd: number };

interface Opened {
  readonly sockets: NativeSockets;
  /** @param failed what its owner does when it fails */
  readonly socket: (failed?: () => void) => Numbered;
  /** First octets of what has come where all are connected to. */
  readonly come: () => number[];
}

function open(t: Test): Opened {
  const native = libc as Libc;
  const { fd, port } = native.openSocket(
    { host: '127.0.0.1', port: 0 },
    { reusePort: false, receiveBufferOctets: 65_536, pktinfo: false },
  );
  const sockets = new NativeSockets(native);
  const all: PortSocket[] = [];
  t.teardown(() => {
    for (const socket of all) socket.discard();
    sockets.close();
    native.closeSocket(fd);
  });
  const socket = (failed = () => {}): Numbered => {
    const made = sockets.connectedTo('127.0.0.1', port)(null as never, { received: () => {}, failed });
    if (!made.draw()) throw new Error('no port');
    all.push(made);
    return made as Numbered;
  };
  const messages = new Messages(native, 64, 64);
  const come = (): number[] =>
    Array.from(
      { length: Math.max(0, messages.receive(native, fd)) },
      (_, i) => messages.octets[i]?.[0] ?? -1,
    );
  return { sockets, socket, come };
}

t.test('those that sent last are awaited beside queries, until they are closed', { skip }, async (t) => {
  const { eventLoop } = libc as Libc;
  const [names, queries] = [open(t), open(t)];
  names.socket().send(MESSAGE, MESSAGE.length);
  t.ok(eventLoop.beside === names.sockets);
  queries.socket().send(MESSAGE, MESSAGE.length);
  t.ok(eventLoop.beside === queries.sockets, 'not those that sent first');
  new NativeSockets(libc as Libc).close();
  t.ok(eventLoop.beside === queries.sockets, 'others that are closed change nothing');
});

t.test('flush counts what is asked in place of what failed, and drops nothing else', { skip }, async (t) => {
  t.equal((libc as Libc).eventLoop.beside, null, 'those of before are closed');
  const { sockets, socket, come } = open(t);
  sockets.hold();
  const other = socket();
  const send = (to: PortSocket, first: number): void => void to.send(messageOf(first), MESSAGE.length);
  const broken = socket(() => {
    for (const first of [11, 12, 13]) send(other, first);
  });
  send(broken, 1);
  send(other, 2);
  send(broken, 3);
  send(other, 4);
  // The kernel refuses what is sent on a closed descriptor.
  (libc as Libc).closeSocket(broken.fd);
  t.equal(sockets.flush(), 7);
  broken.fd = -1;
  t.same(come(), [2, 4]);
  t.equal(sockets.flush(), 3);
  t.same(come(), [11, 12, 13]);
  t.equal(sockets.flush(), 0);
  sockets.release();
});
