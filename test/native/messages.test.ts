// Messages on connected sockets: whatever is planned arrives once, in its own datagram, segmented or not.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { type Libc, loadLibc } from '../../src/native/libc.ts';
import { MESSAGES_MAX, Messages } from '../../src/native/messages.ts';
import { socketName } from '../../src/native/socket-name.ts';

const loaded = await loadLibc();
const skip = typeof loaded === 'string' && loaded;
const libc = loaded as Libc;

/** Two sockets on loopback, the first connected to the second. */
async function pair(t: Test): Promise<{ fd: number; heard: string[] }> {
  const listener = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  listener.bind(0, '127.0.0.1');
  await once(listener, 'listening');
  const heard: string[] = [];
  listener.on('message', (message) => heard.push(message.toString('latin1')));
  const fd = libc.openUnbound(false);
  libc.connect(fd, socketName('127.0.0.1', listener.address().port));
  t.teardown(() => {
    libc.closeSocket(fd);
    listener.close();
  });
  return { fd, heard };
}

function put(messages: Messages, texts: readonly string[]): void {
  for (const [i, text] of texts.entries()) {
    messages.octets[i]!.set(Buffer.from(text, 'latin1'));
    messages.setLength(i, text.length);
  }
}

for (const segmented of [false, true]) {
  t.test(`all that is planned arrives (segmented: ${segmented})`, { skip }, async (t) => {
    const { fd, heard } = await pair(t);
    const messages = new Messages(libc, MESSAGES_MAX, 4096);
    const texts = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom(1, 30, 120, 500), fc.integer()),
      { minLength: 1, maxLength: MESSAGES_MAX },
    );
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(), async (drawn, start) => {
        const wanted = drawn.map(([length, times, seed]) => `${seed}`.padEnd(length * times, 'x'));
        put(messages, wanted);
        heard.length = 0;
        const first = start % wanted.length;

        const headers = messages.plan(first, wanted.length, segmented && libc.segments);
        let sent = 0;
        while (sent < headers) sent += messages.send(libc, fd, sent, headers);

        const due = wanted.slice(first);
        while (heard.length < due.length) await turn();
        t.same(heard.toSorted(), due.toSorted());
      }),
      { numRuns: 40 },
    );
  });
}

t.test('equally long ones share a header, too long ones do not', { skip }, async (t) => {
  const messages = new Messages(libc, MESSAGES_MAX, 4096);
  put(messages, ['aa', 'b', 'cc', 'dd', 'e'.repeat(2000), 'f'.repeat(2000)]);

  t.equal(messages.plan(0, 6, true), 4);
  t.equal(messages.plan(0, 6, false), 6);
  t.equal(messages.plan(2, 4, true), 1);
});

t.test('a batch that the kernel could not take is refused', { skip }, async (t) => {
  t.throws(() => new Messages(libc, MESSAGES_MAX + 1, 4096));
  t.throws(() => new Messages(libc, 1, 65_536));
  t.throws(() => new Messages(libc, 1, 100));
});

t.test('what came is as long as it was, or as its memory', { skip }, async (t) => {
  const socket = createSocket('udp4');
  const { fd, port } = libc.openSocket(
    { host: '127.0.0.1', port: 0 },
    { reusePort: false, receiveBufferOctets: 65_536, pktinfo: false },
  );
  t.teardown(() => {
    socket.close();
    libc.closeSocket(fd);
  });
  for (const text of ['short', 'l'.repeat(200)])
    await new Promise<void>((resolve) => socket.send(text, port, '127.0.0.1', () => resolve()));
  const messages = new Messages(libc, 4, 128);

  const count = messages.receive(libc, fd);

  t.equal(count, 2);
  t.same([messages.lengthOf(0), messages.lengthOf(1)], [5, 128]);
  t.equal(Buffer.from(messages.octets[0]!.subarray(0, 5)).toString(), 'short');
});
