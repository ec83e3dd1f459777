// Other people's clients understand what the daemon says: dig, kdig and the dns2 package, over UDP and TCP.
import dns2 from 'dns2';
import t from 'tap';
import { blockingConfig, writeList } from '../support/configs.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { dig } from '../support/dig.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';
import { missingTool } from '../support/tool.ts';

const directory = daemonFolder();
const upstream = await startSimpleUpstream();
const list = writeList(directory, ['blocked.example']);
const daemon = await startDaemon({ directory, secure: true, config: blockingConfig(upstream.address, list) });
t.teardown(async () => {
  await daemon.stop();
  await upstream.close();
});

for (const tool of ['dig', 'kdig'] as const)
  t.test(`${tool} understands blocked and passed answers`, { skip: missingTool(tool) }, async (t) => {
    for (const transport of ['+notcp', '+tcp']) {
      const blocked = await dig(daemon.server, [transport, 'www.blocked.example', 'A'], tool);
      t.equal(blocked.status, 'NOERROR');
      t.match(blocked.answer[0], /^www\.blocked\.example\. \d+ IN A 0\.0\.0\.0$/);
      const passed = await dig(daemon.server, [transport, 'www.example.org', 'A'], tool);
      t.match(passed.answer[0], /^www\.example\.org\. \d+ IN A 198\.51\.100\.1$/);
      t.notMatch(`${blocked.text}${passed.text}`, /malformed|warning|error:|extra bytes|mismatch/i);
    }
  });

/** What people type beside the name. */
const WISHES: Readonly<Record<'dig' | 'kdig', readonly string[]>> = {
  dig: ['+bufsize=512', '+bufsize=4096', '+tcp', '+dnssec', '+cd', '+ad', '+subnet=192.0.2.0/24', '+subnet=0', '+cookie', '+nsid', '+ednsopt=100', '+noedns', '+padding=128', '+keepalive +tcp', '+expire', '+zflag', '+ednsflags=0x80', '+keepopen +tcp'],
  kdig: ['+bufsize=512', '+tcp', '+dnssec', '+cdflag', '+adflag', '+subnet=2001:db8::/56', '+cookie', '+nsid', '+padding=100', '+alignment', '+noedns', '+edns', '+tls', '+tls +keepopen', '+https', '+https-get'],
}; // biome-ignore format: two tables

for (const tool of ['dig', 'kdig'] as const)
  t.test(`${tool} gets both answers whatever else it wishes`, { skip: missingTool(tool) }, async (t) => {
    for (const wish of WISHES[tool]) {
      const port = wish.startsWith('+tls')
        ? daemon.tlsPort
        : wish.startsWith('+https')
          ? daemon.httpsPort
          : daemon.server.port;
      for (const [name, address] of [
        ['www.blocked.example', '0.0.0.0'],
        ['www.example.org', '198.51.100.1'],
      ] as const) {
        const { answer, text } = await dig({ ...daemon.server, port }, [...wish.split(' '), name, 'A'], tool);
        t.match(answer[0], new RegExp(`^${name}\\. \\d+ IN A ${address}$`), `${wish} ${name}`);
        t.notMatch(
          text,
          /malformed|warning|error:|extra bytes|mismatch|bad cookie/i,
          `${wish}: no complaint`,
        );
      }
    }
  });

t.test('dig shows the Extended DNS Error with list and rule', { skip: missingTool('dig') }, async (t) => {
  const { text } = await dig(daemon.server, ['www.blocked.example', 'HTTPS']);
  t.match(text, /EDE: 15 \(Blocked\)/);
  t.match(text, /block/);
  t.match(text, /SOA/);
});

t.test('dns2 understands them too', async (t) => {
  const { host, port } = daemon.server;
  for (const client of [
    dns2.UDPClient({ dns: host, port, timeout: 5000 }),
    dns2.TCPClient({ dns: host, port }),
  ]) {
    const blocked = await client('www.blocked.example', 'A');
    t.same(
      blocked.answers.map((record) => record.address),
      ['0.0.0.0'],
    );
    const passed = await client('www.example.org', 'A');
    t.same(
      passed.answers.map((record) => record.address),
      ['198.51.100.1'],
    );
  }
});
