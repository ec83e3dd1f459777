// Waiting for a datagram without the event loop ends with the datagram, and with whatever else the loop has to do.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { loadLibc } from '../../src/native/libc.ts';
import { Linger, READY } from '../../src/native/linger.ts';

/** Longer than any test may take: what ends it is what is asked about. */
const FOR_EVER_MS = 3_600_000;

t.test('a socket is awaited until it has something, or until the event loop has', async (t) => {
  const libc = await loadLibc();
  if (typeof libc === 'string') {
    t.comment(libc);
    return;
  }
  const { fd, port } = libc.openSocket(
    { host: '127.0.0.1', port: 0 },
    { reusePort: false, receiveBufferOctets: 65_536, pktinfo: false },
  );
  const linger = new Linger(libc, fd);
  t.teardown(() => libc.closeSocket(fd));

  const immediate = new Promise((resolve) => setImmediate(resolve));
  t.equal(linger.await(FOR_EVER_MS), READY.nothing, 'an immediate waits');
  await immediate;

  const timer = new Promise((resolve) => setTimeout(resolve, 5));
  t.equal(linger.await(FOR_EVER_MS), READY.nothing, 'a timer is due');
  await timer;

  const other = createSocket('udp4').bind(0, '127.0.0.1');
  await once(other, 'listening');
  const heard = once(other, 'message');
  const echo = new Worker(
    `const { workerData } = require('node:worker_threads');
     const socket = require('node:dgram').createSocket('udp4');
     socket.send('x', workerData, '127.0.0.1', () => socket.close());`,
    { eval: true, workerData: other.address().port },
  );
  while (linger.await(FOR_EVER_MS)) t.fail('nothing was sent to this socket');
  await Promise.all([heard, once(echo, 'exit')]);
  other.close();

  t.equal(linger.await(1), READY.nothing, 'the limit');

  const sender = createSocket('udp4');
  await new Promise<void>((resolve) => sender.send('hello', port, '127.0.0.1', () => resolve()));
  t.teardown(() => sender.close());
  // What ends above may still have the loop close something.
  while (!linger.await(FOR_EVER_MS)) await new Promise((resolve) => setTimeout(resolve, 1));
  t.pass('a datagram is there');
  t.equal(linger.await(FOR_EVER_MS), READY.own, 'and stays there');

  const beside = libc.openSocket(
    { host: '127.0.0.1', port: 0 },
    { reusePort: false, receiveBufferOctets: 65_536, pktinfo: false },
  );
  t.teardown(() => libc.closeSocket(beside.fd));
  t.equal(linger.await(FOR_EVER_MS, beside.fd), READY.own, 'another has nothing');
  await new Promise<void>((resolve) => sender.send('hello', beside.port, '127.0.0.1', () => resolve()));
  while (linger.await(FOR_EVER_MS, beside.fd) === READY.own)
    await new Promise((resolve) => setTimeout(resolve, 1));
  t.equal(linger.await(FOR_EVER_MS, beside.fd), READY.own | READY.beside, 'both have something');
  t.equal(linger.await(FOR_EVER_MS), READY.own, 'another is looked at only where it is asked for');

  const late = new Promise((resolve) => setTimeout(resolve, 1));
  for (const sinceMs = performance.now(); performance.now() - sinceMs < 3; );
  t.equal(
    linger.await(FOR_EVER_MS),
    READY.nothing,
    'a timer came due in this turn: it goes before the datagram',
  );
  await late;
});
