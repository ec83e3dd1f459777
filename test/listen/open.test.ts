import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { ListenError, listenError } from '../../src/listen/listen-error.ts';
import { openListeners, portOf } from '../../src/listen/open.ts';
import { TRANSPORT } from '../../src/wire/message/query.ts';
import { CERTIFICATE } from '../support/listen-certificate.ts';
import { Echo } from '../support/listen-messages.ts';
import { LOOPBACK } from '../support/listen-options.ts';
import { freePort } from '../support/tool.ts';

const { answer } = new Echo();

t.test('each address gets UDP and TCP on one port', async (t) => {
  const { listeners } = await openListeners({ addresses: [LOOPBACK, { host: '::1', port: 0 }], answer });
  t.teardown(() => Promise.all(listeners.map((l) => l.close(0))));

  t.same(
    listeners.map((l) => l.transport),
    [TRANSPORT.udp, TRANSPORT.tcp, TRANSPORT.udp, TRANSPORT.tcp],
  );
  t.equal(listeners[0]!.bound, listeners[1]!.bound);
  t.equal(listeners[2]!.bound, listeners[3]!.bound);
});

t.test('a port that is taken is named, with what to do, and nothing stays open', async (t) => {
  const port = await freePort();
  const holder = createSocket('udp4').bind(port, '127.0.0.1');
  t.teardown(() => holder.close());
  await once(holder, 'listening');
  const address = { host: '127.0.0.1', port };

  const failed = openListeners({ addresses: [LOOPBACK, address], answer });

  await t.rejects(failed, {
    code: 'EADDRINUSE',
    where: `udp 127.0.0.1:${port}`,
    message: new RegExp(`already in use \\(udp 127\\.0\\.0\\.1:${port}\\); find the holder with "ss`),
  });
});

t.test('an address this machine does not have is an error', async (t) => {
  const addresses = [LOOPBACK, { host: '192.0.2.1', port: 0 }];

  await t.rejects(openListeners({ addresses, answer }), { code: 'EADDRNOTAVAIL' });
});

t.test(
  'a loopback or wildcard IPv6 address that is missing is skipped, but not if it is the only one',
  async (t) => {
    // Stands for a machine without IPv6: the one foreign address that is refused the same way cannot be ::1 here.
    const missing = { host: '2001:db8::1', port: 0 };

    await t.rejects(openListeners({ addresses: [missing], answer }), { code: 'EADDRNOTAVAIL' });
    await t.rejects(openListeners({ addresses: [LOOPBACK, missing], answer }), ListenError);
  },
);

t.test('TLS and HTTPS are opened beside them and share a certificate', async (t) => {
  const { listeners, useCertificate } = await openListeners({
    addresses: [LOOPBACK],
    answer,
    secure: { tls: [LOOPBACK], https: [LOOPBACK], certificate: CERTIFICATE },
  });
  t.teardown(() => Promise.all(listeners.map((l) => l.close(0))));

  t.same(
    listeners.map((l) => l.transport),
    [TRANSPORT.udp, TRANSPORT.tcp, TRANSPORT.tls, TRANSPORT.https],
  );
  useCertificate(CERTIFICATE);
  t.throws(() => useCertificate({ cert: 'none', key: 'none' }), { code: 'BAD_CERTIFICATE' });
});

t.test('a bad certificate leaves nothing open', async (t) => {
  const secure = { tls: [LOOPBACK], https: [], certificate: { cert: '', key: '' } };

  await t.rejects(openListeners({ addresses: [LOOPBACK], answer, secure }), { code: 'BAD_CERTIFICATE' });
});

t.test('the sentence for port 53 speaks of privilege and of systemd-resolved', async (t) => {
  const denied = listenError({ code: 'EACCES' }, 'udp', '0.0.0.0', 53);
  const taken = listenError({ code: 'EADDRINUSE' }, 'udp', '0.0.0.0', 53);

  t.match(denied.message, /CAP_NET_BIND_SERVICE/);
  t.match(taken.message, /DNSStubListener=no/);
  t.equal(listenError(taken, 'tcp', '::', 1), taken);
  t.equal(listenError(new Error('odd'), 'tcp', '::', 1).code, 'EUNKNOWN');
  for (const host of ['fe80::1', 'fe80::1%eth9'])
    t.match(
      listenError({ code: 'EINVAL' }, 'tcp', host, 53).message,
      /does not have this address .*%eth0\]:53$/,
    );
});

t.test('portOf reads the port behind any address', async (t) => {
  t.equal(portOf('[2001:db8::53]:5353'), 5353);
});
