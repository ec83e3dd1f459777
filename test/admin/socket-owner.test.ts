// Whose program is at the other end of a loopback connection.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import t from 'tap';
import {
  isTrustedUser,
  listenerOwner,
  ownerOf,
  type SocketOwner,
} from '../../src/admin/door/socket-owner.ts';
import { openAdmin } from '../../src/admin/server.ts';
import { stateOf } from '../support/admin-state.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const skip =
  !existsSync('/proc/self/net/tcp') || !isRoot || !existsSync('/bin/bash')
    ? 'needs Linux, root and bash'
    : false;

/** What another user's program gets for a request. */
function askAs(user: number, host: string, port: number, path: string): Promise<string> {
  const script = `exec 3<>/dev/tcp/${host}/${port}; printf 'GET ${path} HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3`;
  const child = spawn('/bin/bash', ['-c', script], { uid: user, gid: user, cwd: '/', env: {} });
  let text = '';
  child.stdout.setEncoding('latin1').on('data', (part: string) => {
    text += part;
  });
  return new Promise((resolve) => child.once('close', () => resolve(text)));
}

t.test('the user of the other end is found, over IPv4 and IPv4 in IPv6', { skip }, async (t) => {
  for (const host of ['127.0.0.1', '::']) {
    const owners: Promise<SocketOwner>[] = [];
    const server = createServer((socket: Socket) => {
      owners.push(ownerOf(socket).finally(() => socket.destroy()));
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await askAs(NOBODY, '127.0.0.1', port, '/');
    t.same(await Promise.all(owners), [NOBODY], host);
    t.equal(await listenerOwner('127.0.0.1', port), 0, 'the listener is ours');
    t.equal(await listenerOwner('127.0.0.1', 1), 'nobody');
    server.close();
  }
});

t.test('root and the own user are trusted, others and sockets that are gone are not', async (t) => {
  t.ok(isTrustedUser(0));
  t.ok(isTrustedUser(process.geteuid?.() ?? 0));
  t.ok(isTrustedUser('unknown'), 'a system that does not tell');
  t.notOk(isTrustedUser(NOBODY));
  t.notOk(isTrustedUser('nobody'));
  t.ok(isTrustedUser(NOBODY, NOBODY));
});

t.test('another user of this machine reads nothing without the token', { skip }, async (t) => {
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state: stateOf({}),
    token: 't'.repeat(43),
    metricsEnabled: () => true,
    report: () => undefined,
  });
  t.teardown(() => server.close());
  const port = Number(server.bound.split(':')[1]);
  t.match(await askAs(NOBODY, '127.0.0.1', port, '/api/v1/lists'), /^HTTP\/1\.1 401 .*OTHER_USER/s);
  t.match(await askAs(0, '127.0.0.1', port, '/api/v1/lists'), /^HTTP\/1\.1 200 /);
  t.match(await askAs(NOBODY, '127.0.0.1', port, '/'), /^HTTP\/1\.1 200 /, 'the page itself says nothing');
});
