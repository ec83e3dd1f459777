// The poller reports what a socket has, leaves it there, and does so without an Error made for every wake.
import { createSocket } from 'node:dgram';
import t from 'tap';
import { loadLibc } from '../../src/native/libc.ts';
import { Poller } from '../../src/native/poller.ts';

t.test('a datagram is reported, stays in its socket, and is reported until it is read', async (t) => {
  const libc = await loadLibc();
  if (typeof libc === 'string') {
    t.comment(libc);
    return;
  }
  const { fd, port } = libc.openSocket(
    { host: '127.0.0.1', port: 0 },
    { reusePort: false, receiveBufferOctets: 65_536, pktinfo: false },
  );
  const sender = createSocket('udp4');
  const heard: unknown[] = [];
  await new Promise<void>((resolve) => {
    const poller = new Poller(libc, (...said: unknown[]) => {
      heard.push(said[0]);
      t.equal(poller.wait(), 1);
      t.equal(poller.numberOf(0), 7);
      if (heard.length < 3) return;
      poller.close();
      resolve();
    });
    poller.watch(fd, 7);
    sender.send('hello', port, '127.0.0.1');
  });
  sender.close();
  libc.closeSocket(fd);

  t.ok(heard.length >= 3);
  t.notOk(
    heard.some((said) => said instanceof Error),
    'libuv is heard before node:dgram makes an Error of it; if not, src/native/poller.ts looks for what Node has renamed',
  );
});
