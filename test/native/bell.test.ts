// The bell rings for what a socket has, leaves it there, and does so without an Error made for every wake.
import { createSocket } from 'node:dgram';
import t from 'tap';
import { Bell } from '../../src/native/bell.ts';
import { loadLibc } from '../../src/native/libc.ts';

t.test('a datagram rings, stays in its socket, and rings until it is read', async (t) => {
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
    const bell = new Bell(libc, (...said: unknown[]) => {
      heard.push(said[0]);
      t.equal(bell.wait(), 1);
      t.equal(bell.numberOf(0), 7);
      if (heard.length < 3) return;
      bell.close();
      resolve();
    });
    bell.watch(fd, 7);
    sender.send('hello', port, '127.0.0.1');
  });
  sender.close();
  libc.closeSocket(fd);

  t.ok(heard.length >= 3);
  t.notOk(
    heard.some((said) => said instanceof Error),
    'libuv is heard before node:dgram makes an Error of it; if not, src/native/bell.ts looks for what Node has renamed',
  );
});
