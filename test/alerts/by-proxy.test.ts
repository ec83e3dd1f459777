// Webhooks through the office's proxy. By itself: Node takes the proxy once for a whole thread.
import t from 'tap';
import { createWebhook } from '../../src/alerts/receivers/webhook.ts';
import { httpReceiver, noticeOf } from '../support/hits-receivers.ts';
import { START_MS } from '../support/hits-records.ts';

const server = await httpReceiver();
process.env['HTTP_PROXY'] = server.url.replace('http://', 'clerk:100%@');
process.env['NO_PROXY'] = 'direct.example';
delete process.env['https_proxy'];
delete process.env['http_proxy'];
delete process.env['no_proxy'];

const deliver = (url: string): Promise<void> =>
  createWebhook({ name: 'w', url, format: 'generic', secret: null, now: () => START_MS }).deliver(
    noticeOf(),
    AbortSignal.timeout(5000),
  );

t.test('what is to go through a proxy does not go past one that cannot be read', async (t) => {
  process.env['HTTPS_PROXY'] = 'not a url';
  for (const attempt of ['the first', 'the next'])
    await t.rejects(
      deliver(`${server.url}/past`),
      { code: 'RECEIVER_UNREACHABLE', message: /HTTPS_PROXY in the environment holds no/ },
      attempt,
    );
  delete process.env['HTTPS_PROXY'];
  t.equal(server.received.length, 0);
});

t.test('a webhook is asked of the proxy by its whole URL, this machine directly', async (t) => {
  await deliver('http://hooks.example/a');
  t.equal(server.received.at(-1)?.path, 'http://hooks.example/a');
  await deliver(`${server.url}/own`);
  t.equal(server.received.at(-1)?.path, '/own');
  await deliver(`${server.url.replace('127.0.0.1', 'localhost')}/name`);
  t.equal(server.received.at(-1)?.path, '/name');
  await t.rejects(deliver('http://direct.example/'), { code: 'RECEIVER_UNREACHABLE' });
});

t.test('a proxy that is not there is named', async (t) => {
  await server.close();
  // By the connection of before, as far as its end is not known yet.
  await t.rejects(deliver('http://hooks.example/b'));
  await t.rejects(deliver('http://hooks.example/b'), {
    message: /^no answer \(hooks\.example\): the proxy 127\.0\.0\.1:\d+ from the environment: .*ECONNREFUSED/,
  });
});
