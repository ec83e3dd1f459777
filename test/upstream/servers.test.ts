// Which servers there are: those of resolv.conf, and never ourselves.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createForwarder } from '../../src/upstream/forward.ts';
import { ownAddresses } from '../../src/upstream/servers/own.ts';
import { nameserversOf } from '../../src/upstream/servers/resolv-conf.ts';
import { until } from '../support/tool.ts';
import { upstreamsConfig } from '../support/upstream-asker.ts';

t.test('the nameservers of resolv.conf are read as its manual says', async (t) => {
  const text = [
    '# nameserver 192.0.2.1',
    'nameserver 192.0.2.2',
    ' nameserver\t2001:db8::1  # comment',
    'nameserver 192.0.2.2',
    'nameserver not-an-address',
    'nameserver fe80::1%eth0',
    'search example.test',
    'options ndots:2',
  ].join('\n');

  t.same(nameserversOf(text), ['192.0.2.2', '2001:db8::1', 'fe80::1%eth0']);
});

t.test('an address we listen on is our own, in every way it can be written', async (t) => {
  const own = ownAddresses(['0.0.0.0:53', '[::1]:5335', '192.0.2.9:5353'], () => ['192.0.2.9', '10.1.2.3']);

  t.ok(own.has('127.0.0.53', 53));
  t.ok(own.has('10.1.2.3', 53));
  t.ok(own.has('::ffff:10.1.2.3', 53));
  t.ok(own.has('::1', 5335));
  t.ok(own.has('192.0.2.9', 5353));
  t.notOk(own.has('127.0.0.1', 5335));
  t.notOk(own.has('9.9.9.9', 53));
  t.notOk(own.has('192.0.2.9', 5354));
});

t.test('`system` is the servers of resolv.conf, follows its changes, and never asks ourselves', async (t) => {
  const path = join(t.testdir({}), 'resolv.conf');
  writeFileSync(path, 'nameserver 192.0.2.1\nnameserver 127.0.0.1\n');
  const forwarder = createForwarder({
    upstreams: upstreamsConfig([{ kind: 'system' }]),
    own: ['127.0.0.1:53'],
    resolvConf: path,
    now: () => performance.now(),
  });
  t.teardown(() => forwarder.close());
  const names = (): string[] => forwarder.states().map(({ name, problem }) => `${name} ${problem ?? 'ok'}`);

  t.match(names(), [/192\.0\.2\.1:53 ok/, /127\.0\.0\.1 is this daemon itself/]);

  writeFileSync(path, 'nameserver 192.0.2.7\n');
  await until('the change', () => names().join().includes('192.0.2.7'));
  t.same(names(), ['192.0.2.7:53 ok']);
});

t.test(
  'a resolv.conf that is not there leaves no server, and comes into force when it appears',
  async (t) => {
    const path = join(t.testdir({}), 'resolv.conf');
    const forwarder = createForwarder({
      upstreams: upstreamsConfig([{ kind: 'system' }]),
      resolvConf: path,
      now: () => performance.now(),
    });
    t.teardown(() => forwarder.close());

    t.same(forwarder.states(), []);

    writeFileSync(path, 'nameserver 192.0.2.7\n');
    await until('the file', () => forwarder.states().length === 1);
  },
);
