// Who is asked for the address of a list's server, and what is said when nobody knows it.
import t from 'tap';
import { bootstrapText, lookupVia } from '../../../src/daemon/machine/lookup.ts';
import { configOf } from '../../support/config-text.ts';
import { response } from '../../support/message.ts';
import { readMessage } from '../../support/read-message.ts';
import { startSimpleUpstream } from '../../support/simple-upstream.ts';
import { freePort } from '../../support/tool.ts';

const bootstrapAt = (address: string) =>
  configOf(`upstreams: { default: [192.0.2.53], bootstrap: ["${address}"] }`).upstreams.bootstrap;

t.test(
  'the bootstrap servers first; the system where they do not know the name or do not answer',
  async (t) => {
    const server = await startSimpleUpstream((asked) => {
      const { name, type } = readMessage(asked)?.question ?? { name: '', type: '' };
      const isKnown = name === 'lists.example' && type === 'A';
      return response(asked, isKnown ? { answer: [`${name} 60 A 192.0.2.7`] } : {});
    });
    t.teardown(server.close);
    const asked: string[] = [];
    const system = async (name: string) => {
      asked.push(name);
      return ['198.51.100.7'];
    };
    const lookup = lookupVia(bootstrapAt(server.address), system);
    t.same(await lookup('lists.example'), ['192.0.2.7']);
    t.same(asked, [], 'a machine that is its own resolver need not ask itself');
    t.same(await lookup('lists.home.example'), ['198.51.100.7'], 'a name of the own network');
    const dead = lookupVia(bootstrapAt(`127.0.0.1:${await freePort()}`), system);
    t.same(await dead('lists.example'), ['198.51.100.7'], 'nobody is behind the bootstrap address');
    t.same(asked, ['lists.home.example', 'lists.example']);
  },
);

t.test('servers that no file names are told as the default, and what they can be replaced by', async (t) => {
  const told = (text: string): string =>
    bootstrapText(
      configOf(text).upstreams.bootstrap.map((one) => (one.kind === 'udp' ? `${one.host}:${one.port}` : '')),
    );
  t.equal(
    told('upstreams: { default: [192.0.2.53] }'),
    '9.9.9.9:53 (the default of upstreams.bootstrap; set there a server in reach)',
  );
  t.equal(told('upstreams: { bootstrap: [192.0.2.53] }'), '192.0.2.53:53 (upstreams.bootstrap)');
});

t.test('what each of them said is told', async (t) => {
  const port = await freePort();
  const lookup = lookupVia(bootstrapAt(`127.0.0.1:${port}`), async () => {
    throw Object.assign(new Error('getaddrinfo EAI_AGAIN lists.example'), { code: 'EAI_AGAIN' });
  });
  await t.rejects(lookup('lists.example'), {
    message: `no address of lists.example can be found: 127.0.0.1:${port} (upstreams.bootstrap) does not answer (ECONNREFUSED); the system's resolver does not answer (EAI_AGAIN)`,
  });
  const other = await freePort();
  const two = [...bootstrapAt(`127.0.0.1:${port}`), ...bootstrapAt(`127.0.0.1:${other}`)];
  await t.rejects(
    lookupVia(two, () => Promise.reject(new Error('no')))('lists.example'),
    /\(upstreams.bootstrap\) do not answer/,
  );
});
