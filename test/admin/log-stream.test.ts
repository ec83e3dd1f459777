// The log as server-sent events, read as a browser does.
import t, { type Test } from 'tap';
import { Door } from '../../src/admin/door/door.ts';
import { type AdminServer, openAdmin } from '../../src/admin/server.ts';
import type { LogQuestion, LogTail } from '../../src/querylog/read/question.ts';
import { ask, HEALTHY, LOG_ANSWERS, stateOf } from '../support/admin-state.ts';

const [ROW] = LOG_ANSWERS.rows.rows;

async function open(t: Test, tails: readonly Partial<LogTail>[]) {
  const asked: LogQuestion[] = [];
  const pulses: number[] = [];
  const left = [...tails];
  const token = 't'.repeat(43);
  const door = new Door({
    ...{ token, dir: t.testdir({}), settings: () => null, firstPassword: null, now: Date.now },
    report: (why) => t.fail(why),
  });
  const server: AdminServer = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state: stateOf({
      askLog: async (question) => {
        asked.push(question);
        const none = { rows: [], ids: [], after: 9, isCut: false, missed: 0 };
        return { ...none, ...left.shift() } as never;
      },
      health: () => {
        pulses.push(Date.now());
        return HEALTHY;
      },
    }),
    token,
    door,
    metricsEnabled: () => true,
    report: (error) => t.fail(String(error)),
  });
  t.teardown(() => server.close());
  return { asked, pulses, door, bound: server.bound, url: `http://${server.bound}/api/v1/log/stream` };
}

/** The text of a stream up to where `end` stands. */
async function until(response: Response, end: string): Promise<string> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!text.includes(end)) text += decoder.decode((await reader.read()).value, { stream: true });
  await reader.cancel();
  return text;
}

t.test('each query is an event with an id; what a slow client missed is told', async (t) => {
  const { asked, url } = await open(t, [
    { after: 7 },
    { after: 8, missed: 3, isCut: true, rows: [ROW!, { ...ROW!, name: 'b.example' }], ids: ['8.4', '8.5'] },
  ]);
  const response = await fetch(`${url}?client=192.0.2.7&type=A&name=Example.`);
  t.match(response.headers.get('content-type'), /^text\/event-stream/);
  const text = await until(response, 'b.example');
  t.match(text, /event: missed\ndata: \{"missed":3\}\n\nid: 8\.4\nevent: query\ndata: /);
  t.same(JSON.parse(/id: 8\.5\nevent: query\ndata: (.*)\n\n/.exec(text)?.[1] ?? ''), {
    ...ROW,
    name: 'b.example',
  });
  t.match(asked, [
    { what: 'tail', after: null, filter: { qtype: 1, name: 'example', who: { ips: ['192.0.2.7'] } } },
    { what: 'tail', after: { batch: 7 } },
  ]);
});

t.test('a client that comes back goes on behind the event it had last', async (t) => {
  const { asked, bound, url } = await open(t, [{ after: 9, rows: [ROW!], ids: ['8.6'] }]);
  await until(await fetch(url, { headers: { 'last-event-id': '8.5' } }), 'id: 8.6');
  t.match(asked[0], { what: 'tail', after: { batch: 8, row: 5 } });
  const whole = await open(t, [{ after: 9, rows: [ROW!], ids: ['9'] }]);
  await until(await fetch(whole.url, { headers: { 'last-event-id': '8' } }), 'id: 9');
  t.same((whole.asked[0] as { after: unknown }).after, { batch: 8 }, 'or behind a whole batch');
  const wrong = await ask(bound, '/api/v1/log/stream?after=yesterday');
  t.equal(wrong.status, 400);
  t.match(wrong.text, /not the id of an event/);
  t.equal((await ask(bound, '/api/v1/log/stream', { method: 'HEAD' })).status, 405);
});

t.test('so many follow at once and no more; who leaves makes room', async (t) => {
  const { url } = await open(t, []);
  const open16 = await Promise.all(Array.from({ length: 16 }, () => fetch(url)));
  const full = await fetch(url);
  t.equal(full.status, 503);
  t.match(await full.text(), /LOG_BUSY/);
  await open16[0]!.body!.cancel();
  let status = 503;
  while (status === 503) {
    const again = await fetch(url);
    ({ status } = again);
    await again.body?.cancel();
  }
  t.equal(status, 200);
  for (const response of open16.slice(1)) await response.body!.cancel();
});

t.test('who may not follow any more is told no more', async (t) => {
  const { bound, door } = await open(t, []);
  const { made, token } = door.tokens!.make({ name: 'x', role: 'reader', by: 'test', endsMs: null });
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  const streams = await Promise.all(
    ['log/stream', 'pulse'].map((path) => fetch(`http://${bound}/api/v1/${path}`, { headers })),
  );
  t.same(
    streams.map(({ status }) => status),
    [200, 200],
  );
  door.tokens!.revoke(made.id);
  for (const stream of streams) t.ok(await stream.text(), 'ends');
  for (const path of ['log/stream', 'pulse'])
    t.equal((await fetch(`http://${bound}/api/v1/${path}`, { headers })).status, 401, path);
});

t.test('a HEAD of what goes on leaves nothing behind', async (t) => {
  const { bound, pulses } = await open(t, []);
  const answer = await ask(bound, '/api/v1/pulse', {
    method: 'HEAD',
    headers: { accept: 'text/event-stream' },
  });
  t.equal(answer.status, 200);
  const asked = pulses.length;
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  t.equal(pulses.length, asked);
});
