// Webhooks against a real HTTP server: signature, formats, refusals, and strangers' text in each of them.
import { createHmac } from 'node:crypto';
import t from 'tap';
import { outletsOf } from '../../src/alerts/create.ts';
import type { Notice, ReceiverError } from '../../src/alerts/receiver.ts';
import { createWebhook, type WebhookFormat } from '../../src/alerts/receivers/webhook.ts';
import { configOf } from '../support/config-text.ts';
import { hasUnprintable, httpReceiver, NASTY, nastyNotice, noticeOf } from '../support/hits-receivers.ts';
import { START_MS } from '../support/hits-records.ts';

const FORMATS: WebhookFormat[] = ['generic', 'slack', 'teams', 'discord', 'ntfy', 'alertmanager'];
const server = await httpReceiver();
t.teardown(() => server.close());

async function post(notice: Notice, format: WebhookFormat, path = '/hook', secret: string | null = null) {
  const receiver = createWebhook({ name: 'w', url: server.url + path, format, secret, now: () => START_MS });
  await receiver.deliver(notice, AbortSignal.timeout(5000));
  const received = server.received.at(-1)!;
  return { ...received, json: JSON.parse(received.body) };
}

t.test('the generic form holds the hit lines and the incident, signed so that a replay shows', async (t) => {
  const notice = noticeOf();
  const { json, headers, body } = await post(notice, 'generic', '/hook', 'key');
  t.same(json, { version: 1, event: 'notice', ...notice });
  const timestamp = String(headers['x-cenote-timestamp']);
  t.equal(timestamp, String(Math.floor(START_MS / 1000)));
  const mac = createHmac('sha256', 'key').update(`${timestamp}.${body}`).digest('hex');
  t.equal(headers['x-cenote-signature'], `sha256=${mac}`);
  t.equal(headers['idempotency-key'], notice.id);
  t.equal(headers['content-type'], 'application/json');
  const unsigned = await post(notice, 'generic');
  t.equal(unsigned.headers['x-cenote-signature'], undefined);
});

t.test('a user and a password in the URL are sent as basic authentication and shown nowhere', async (t) => {
  const url = `${server.url.replace('//', '//cen%40te:s3cr%3At@')}/hook`;
  const receiver = createWebhook({ name: 'w', url, format: 'generic', secret: null, now: () => START_MS });
  await receiver.deliver(noticeOf(), AbortSignal.timeout(5000));
  const { headers, path } = server.received.at(-1)!;
  t.equal(headers.authorization, `Basic ${Buffer.from('cen@te:s3cr:t').toString('base64')}`);
  t.equal(path, '/hook');
  const nowhere = 'http://cenote:s3cret@127.0.0.1:1/hook';
  for (const format of FORMATS) {
    const gone = createWebhook({ name: 'w', url: nowhere, format, secret: null, now: () => START_MS });
    const error = await gone.deliver(noticeOf(), AbortSignal.timeout(5000)).then(
      () => null,
      (error) => error,
    );
    t.match(error, { code: 'RECEIVER_UNREACHABLE' });
    t.notMatch(String(error?.message), 's3cret');
  }
});

t.test('each receiver gets its own form', async (t) => {
  const notice = noticeOf();
  t.match((await post(notice, 'slack')).json, {
    text: /3CX/,
    blocks: [
      { type: 'header', text: { type: 'plain_text' } },
      { type: 'section' },
      { fields: [{ type: 'plain_text' }] },
    ],
  });
  t.match((await post(notice, 'teams')).json, {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } },
    ],
  });
  t.match((await post(notice, 'discord')).json, {
    embeds: [{ title: /3CX/, color: 0xc62828 }],
    allowed_mentions: { parse: [] },
  });
  const ntfy = await post(notice, 'ntfy', '/prefix/my-topic');
  t.equal(ntfy.path, '/prefix/');
  t.match(ntfy.json, { topic: 'my-topic', priority: 5, message: /akamaicontainer\[\.\]com \(3\)/ });
  const alert = await post(notice, 'alertmanager', '/am');
  t.equal(alert.path, '/am/api/v2/alerts');
  t.match(alert.json, [
    {
      labels: { alertname: 'CenoteHit', severity: 'high', client: '192.0.2.7' },
      startsAt: new Date(START_MS).toISOString(),
    },
  ]);
});

t.test('Alertmanager, and no other, forgets what is not told again', async (t) => {
  const forgets = (format: string): boolean | undefined => {
    const { alerts } = configOf(`alerts: [{ webhook: "https://a.example/x", format: ${format} }]`);
    return outletsOf(alerts)[0]?.receiver.forgets;
  };
  t.same(['alertmanager', 'generic', 'slack', 'ntfy'].map(forgets), [true, false, false, false]);
});

t.test('an incident that is over ends its alert with the labels it began with', async (t) => {
  const open = noticeOf();
  const incident = { ...open.incident!, state: 'closed' as const, closed: '2026-11-24T00:00:00.000Z' };
  const before = (await post(open, 'alertmanager')).json[0];
  const after = (await post({ ...open, kind: 'closed', incident }, 'alertmanager')).json[0];
  t.same(after.labels, before.labels);
  t.equal(before.endsAt, undefined);
  t.equal(after.endsAt, '2026-11-24T00:00:00.000Z');
});

t.test('nothing a stranger chose is markup, a mention or a line of its own anywhere', async (t) => {
  for (const format of FORMATS) {
    const { json, body } = await post(nastyNotice(), format);
    const texts: string[] = [];
    const walk = (value: unknown): void => {
      if (typeof value === 'string') texts.push(value);
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
    };
    walk(json);
    if (format === 'generic') {
      t.equal(json.incident.list, NASTY, 'data stays as it is where a program reads it');
      continue;
    }
    t.notOk(
      texts.some(hasUnprintable) && format !== 'ntfy' && format !== 'alertmanager',
      `${format}: control characters`,
    );
    t.notOk(
      texts.some((text) => hasUnprintable(text.replaceAll('\n', ''))),
      `${format}: more than line feeds`,
    );
    t.notOk(body.includes('http://e)') && format === 'discord', `${format}: a link`);
    if (format === 'slack') {
      t.notMatch(json.text, '<!channel>');
      t.ok(
        json.blocks.every(
          (block: { text?: { type: string } }) => (block.text?.type ?? 'plain_text') === 'plain_text',
        ),
      );
      t.ok(json.blocks[0].text.text.length <= 150);
    }
    if (format === 'discord') {
      const embed = json.embeds[0];
      t.notOk(/(?<!\\)[*[\]<>@]/.test(embed.title + embed.description), 'all Markdown is escaped');
      t.ok(
        embed.title.length <= 256 &&
          embed.fields.every((field: { value: string }) => field.value.length <= 1024),
      );
    }
    if (format === 'teams') t.notMatch(body, '"TextBlock"');
    t.notOk(
      /evil\.example/.test(texts.join(' ')) && format !== 'alertmanager',
      `${format}: names are not links`,
    );
  }
});

t.test('a refusal says whether it is for ever, and when to come back', async (t) => {
  const attempt = async (status: number, headers = {}): Promise<Partial<ReceiverError>> => {
    server.answerWith(status, headers);
    return post(noticeOf(), 'generic').then(
      () => ({}),
      (error) => error,
    );
  };
  t.match(await attempt(500), {
    code: 'RECEIVER_REFUSED',
    permanent: false,
    message: /HTTP 500 .* said the receiver/,
  });
  t.match(await attempt(400), { code: 'RECEIVER_REFUSED', permanent: true });
  t.match(await attempt(429, { 'retry-after': '7' }), { permanent: false, retryAfterMs: 7000 });
  t.match(await attempt(302, { location: 'http://169.254.169.254/' }), { code: 'RECEIVER_UNREACHABLE' });
  server.answerWith(200);
  const receiver = createWebhook({
    name: 'w',
    url: 'http://127.0.0.1:1/',
    format: 'generic',
    secret: null,
    now: Date.now,
  });
  await t.rejects(receiver.deliver(noticeOf(), AbortSignal.timeout(5000)), { code: 'RECEIVER_UNREACHABLE' });
});
