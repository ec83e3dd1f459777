// What is not blocked comes out as the upstream sent it: octet for octet, ID and TTLs apart.
import { join } from 'node:path';
import t from 'tap';
import { askTcp, askUdp } from '../../support/client.ts';
import { blockingConfig } from '../../support/configs.ts';
import { startDaemon } from '../../support/daemon.ts';
import { daemonFolder } from '../../support/daemon-folder.ts';
import { query } from '../../support/message.ts';
import { readMessage, withoutIdAndTtls } from '../../support/read-message.ts';
import { realUpstreamMissing, startRealUpstream } from '../../support/real-upstream.ts';

const list = join(import.meta.dirname, '../../../blocklists/3cx-2023.yaml');
const QUESTIONS =
  `ok.example SOA, ok.example NS, ok.example A, ok.example AAAA, ok.example MX, ok.example TXT,
  ok.example CAA, ok.example TYPE65280, ok.example TYPE666, www.ok.example A, www.ok.example AAAA, web.ok.example HTTPS,
  _dns.ok.example SVCB, _sip._udp.ok.example SRV, naptr.ok.example NAPTR, child.ok.example DS, no-such.ok.example A,
  a.wild.ok.example A, x.dname.ok.example A, zero.ok.example A, a.nx.example A, x.broken.example A, WWW.oK.eXample A,
  a\\000b\\255.ok.example A, dot\\.in.label.example A`
    .split(',')
    .map((line) => line.trim().split(' ') as [string, string]);

const edns = { size: 1232 };

t.test('answers are the upstream’s, octet for octet', { skip: realUpstreamMissing }, async (t) => {
  const directory = daemonFolder();
  const upstream = await startRealUpstream();
  t.teardown(() => upstream.stop());
  const daemon = await startDaemon({ directory, config: blockingConfig(upstream.address, list) });
  t.teardown(() => daemon.stop());

  await t.test(
    'odd types, errors, escapes: with EDNS, without, with DO, with CD, again from the cache',
    async (t) => {
      const forms = [{ edns }, {}, { edns: { ...edns, dnssecOk: true } }, { edns, flags: 0x0110 }, { edns }];
      for (const [name, type] of QUESTIONS)
        for (const [i, form] of forms.entries()) {
          const message = query(name, type, form);
          const [ours, theirs] = [
            await askUdp(daemon.server, message),
            await askUdp(upstream.server, message),
          ];
          if (ours === null || theirs === null) {
            t.fail(`${name} ${type} form ${i}: no answer`);
            continue;
          }
          const same = Buffer.compare(withoutIdAndTtls(ours), withoutIdAndTtls(theirs)) === 0;
          t.ok(
            same,
            `${name} ${type} form ${i}`,
            same ? {} : { ours: readMessage(ours), theirs: readMessage(theirs) },
          );
        }
    },
  );

  await t.test('a big RRset comes whole over TCP, and truncated over UDP', async (t) => {
    for (const name of ['big2.example', 'huge.big2.example']) {
      const message = query(name, 'TXT', { edns: { size: 512 } });
      const [ours, theirs] = [await askTcp(daemon.server, message), await askTcp(upstream.server, message)];
      t.same(withoutIdAndTtls(ours ?? message), withoutIdAndTtls(theirs ?? message), `${name} over TCP`);
      const cut = await askUdp(daemon.server, message);
      t.ok(
        cut !== null && cut.length <= 512 && readMessage(cut)?.tc,
        `${name} over UDP: TC within 512 octets`,
      );
    }
  });
});
