// Upstreams of one's own that want to know who asks are told, and no others; only their answers are kept apart.
import t from 'tap';
import { askUdp } from '../../support/client.ts';
import { startDaemon } from '../../support/daemon.ts';
import { daemonFolder } from '../../support/daemon-folder.ts';
import { query } from '../../support/message.ts';
import { type SimpleUpstream, startSimpleUpstream } from '../../support/simple-upstream.ts';

type Option = { readonly code: number; readonly data: Uint8Array };

const MAC = [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 7];
const option = (code: number, ...data: number[]): Option => ({ code, data: Uint8Array.from(data) });
const whole = (third: number, host: number): Option => option(8, 0, 1, 32, 0, 10, 0, third, host);
const text = (octets: string): number[] => [...Buffer.from(octets)];

/** Options of a query that was built canonically, as `code:hex`. */
function optionsOf(message: Buffer, name: string): string[] {
  let at = 12 + name.length + 2 + 4;
  const end = at + 11 + message.readUInt16BE(at + 9);
  const found: string[] = [];
  for (at += 11; at < end; at += 4 + message.readUInt16BE(at + 2))
    found.push(
      `${message.readUInt16BE(at)}:${message.subarray(at + 4, at + 4 + message.readUInt16BE(at + 2)).toString('hex')}`,
    );
  return found;
}

t.test('each upstream is told what it wants', async (t) => {
  const [general, office, branch, six] = (await Promise.all(
    [0, 1, 2, 3].map(() => startSimpleUpstream()),
  )) as [SimpleUpstream, SimpleUpstream, SimpleUpstream, SimpleUpstream];
  for (const upstream of [general, office, branch, six]) t.teardown(upstream.close);
  const daemon = await startDaemon({
    directory: daemonFolder(),
    config: {
      upstreams: {
        default: [general.address],
        routes: {
          'office.example': [{ server: office.address, ecs: 'subnet', mac: true, cpeId: 'site-7' }],
          'branch.example': [{ server: branch.address, ecs: 'pass', cpeId: 'pass' }],
          'six.example': [{ server: six.address, ecs: 'subnet', ecsPrefix4: 20, ecsPrefix6: 52 }],
        },
      },
      clients: { hosts: 'off', leases: [], neighbours: false, reverse: false, trust: ['127.0.0.1'] },
      access: { allow: ['private', '2001:db8::/32'] },
    },
  });
  t.teardown(() => daemon.stop());
  const ask = async (name: string, ...options: Option[]): Promise<void> => {
    t.not(await askUdp(daemon.server, query(name, 'A', { edns: { options } })), null);
  };
  const everything = [
    whole(1, 7),
    option(65_001, ...MAC),
    option(65_074, ...text('site-9')),
    option(10, 1, 2, 3, 4, 5, 6, 7, 8),
  ];
  await ask('www.example.org', ...everything);
  await ask('www.example.org', whole(2, 9));
  t.same(
    general.asked.map((message) => optionsOf(message, 'www.example.org')),
    [[]],
    'nothing, and one answer for all',
  );

  const name = 'www.office.example';
  await ask(name, ...everything);
  await ask(name, whole(1, 8), option(65_001, ...MAC));
  await ask(name, whole(2, 7), option(65_001, ...MAC));
  await ask(name, whole(1, 9));
  await ask(name, whole(1, 10));
  await ask(name, option(65_001, ...MAC));
  await ask(name, option(8, 0, 1, 0, 0));
  const site = `65074:${Buffer.from('site-7').toString('hex')}`;
  const mac = '65001:aabbccddee07';
  t.same(
    office.asked.map((message) => optionsOf(message, name)),
    [
      ['8:000118000a0001', mac, site],
      ['8:000118000a0002', mac, site],
      ['8:000118000a0001', site],
      [mac, site],
      ['8:00010000', site],
    ],
    'two of one network and MAC share an answer; a MAC alone has no network; who opts out is nobody',
  );

  const other = 'www.branch.example';
  await ask(
    other,
    option(8, 0, 1, 24, 0, 192, 0, 2),
    option(65_074, ...text('site-9')),
    option(65_001, ...MAC),
  );
  await ask(other, option(8, 0, 1, 24, 0, 192, 0, 3));
  await ask(other);
  await ask(other, option(65_001, ...MAC));
  t.same(
    branch.asked.map((message) => optionsOf(message, other)),
    [['8:00011800c00002', `65074:${Buffer.from('site-9').toString('hex')}`], ['8:00011800c00003'], []].slice(
      0,
      branch.asked.length,
    ),
    'what the query says goes on, and nothing else',
  );
  t.equal(branch.asked.length, 3);

  const address = [0x20, 1, 0x0d, 0xb8, 0, 1, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 7];
  await ask('www.six.example', option(8, 0, 2, 128, 0, ...address));
  await ask('www.six.example', whole(0x7f, 1));
  t.same(
    six.asked.map((message) => optionsOf(message, 'www.six.example')),
    [['8:0002340020010db80001f0'], ['8:000114000a0070']],
  );
});
