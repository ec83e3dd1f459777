// Outputs over HTTP against receivers that behave as the real ones say: taking, refusing in part, too busy, too slow, gone.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { OutConfig } from '../../src/config/meant/out.ts';
import { receiverFor } from '../../src/out/create.ts';
import { lineOf, type OutEvent } from '../../src/out/event.ts';
import { Outlet } from '../../src/out/outlet.ts';
import { hecReceiver } from '../../src/out/receivers/hec.ts';
import { Spool } from '../../src/out/spool.ts';
import { HIT, INCIDENT } from '../support/admin-state.ts';
import { httpReceiver, type Received } from '../support/http-receiver.ts';
import { outConfig, queryEvent } from '../support/out-events.ts';

function outletOf(
  t: Test,
  config: OutConfig,
  more: { patienceMs?: number; dir?: string; ackMs?: number } = {},
) {
  const clock = { ms: Date.UTC(2026, 10, 23, 9), aheadMs: 0 };
  const { ackMs, dir = t.testdir(), ...rest } = more;
  const outlet = new Outlet({
    config,
    dir,
    receiver:
      ackMs === undefined
        ? receiverFor(config, 'resolver.example')
        : hecReceiver(config, 'resolver.example', ackMs),
    now: () => clock.ms + clock.aheadMs,
    steady: () => clock.ms,
    random: () => 0,
    ...rest,
  });
  t.teardown(() => outlet.close());
  const give = (...events: OutEvent[]): void => {
    for (const event of events) outlet.enqueue(lineOf(JSON.stringify(event)));
  };
  /** Lets time pass until it is so. */
  const until = async (isSo: (state: Outlet['state']) => boolean): Promise<Outlet['state']> => {
    clock.ms += 1000;
    while (!isSo(outlet.state)) {
      if (outlet.state.error !== null) clock.ms += 1000;
      outlet.tick();
      await new Promise((resolve) => void setTimeout(resolve, 1));
    }
    return outlet.state;
  };
  return { outlet, clock, dir, give, until };
}

const five = Array.from({ length: 5 }, (_, i) => queryEvent(i));
const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

t.test('Splunk gets each event with its time, type and index, packed, and the token', async (t) => {
  const { url, got } = await httpReceiver(t, () => ({ body: { text: 'Success', code: 0 } }));
  const { give, until } = outletOf(
    t,
    outConfig({ url, token: 'secret', index: 'dns', headers: { 'x-site': 'a' } }),
  );
  give(...five, HIT);
  const state = await until(({ waiting }) => waiting === 0);
  t.match(state, { delivered: 6, lost: 0, error: null, oldest: null });
  const [first] = got as [Received];
  t.equal(first.path, '/services/collector/event');
  t.match(first.headers, { authorization: 'Splunk secret', 'content-encoding': 'gzip', 'x-site': 'a' });
  const events = jsonLines(first.body);
  t.same(events[1], {
    time: Date.parse(five[1]!.time) / 1000,
    host: 'resolver.example',
    source: 'cenote',
    sourcetype: 'cenote:query',
    index: 'dns',
    event: five[1],
  });
  t.match(events[5], { sourcetype: 'cenote:hit', event: HIT });
});

t.test('with acknowledgement a batch is delivered once the indexer has it', async (t) => {
  let asked = 0;
  const { url, got } = await httpReceiver(t, ({ path }) => {
    if (path.endsWith('/event')) return { body: { text: 'Success', code: 0, ackId: 7 } };
    asked += 1;
    return { body: { acks: { 7: asked > 2 } } };
  });
  const { give, until } = outletOf(t, outConfig({ url, token: 'x', ack: true }), { ackMs: 1 });
  give(...five);
  await until(({ delivered }) => delivered === 5);
  t.equal(asked, 3);
  t.same(JSON.parse(got[1]!.body), { acks: [7] });
  t.equal(
    got[0]!.headers['x-splunk-request-channel'],
    new URL(got[1]!.path, url).searchParams.get('channel'),
  );
});

t.test('of a bulk only what was not taken is sent again; what is there already was delivered', async (t) => {
  const { url, got } = await httpReceiver(t, ({ body }) => {
    const ids = jsonLines(body).flatMap(({ create }) => (create === undefined ? [] : [create._id]));
    const statuses = ids.length === 1 ? [201] : [201, 429, 409, 400, 201];
    const items = statuses.map((status, i) => ({
      create: {
        _id: ids[i],
        status,
        ...(status < 300 ? {} : { error: { type: `e${status}`, reason: 'so' } }),
      },
    }));
    return { body: { errors: true, items } };
  });
  const { give, until } = outletOf(t, outConfig({ kind: 'bulk', url, index: 'dns', basic: 'u:p' }));
  give(...five);
  const failing = await until(({ error }) => error !== null);
  t.match(failing, { delivered: 3, lost: 1, waiting: 1, error: /item 429: e429: so/, takesPart: true });
  t.match(await until(({ waiting }) => waiting === 0), {
    delivered: 4,
    lost: 1,
    error: null,
    takesPart: false,
  });
  const [action, document] = jsonLines(got[0]!.body);
  t.same(action, { create: { _index: 'dns', _id: five[0]!.id } });
  t.match(document, {
    '@timestamp': five[0]!.time,
    event: { kind: 'event', dataset: 'cenote.query', outcome: 'success', type: ['protocol', 'allowed'] },
    source: { ip: '192.0.2.7', domain: 'till-3' },
    dns: { question: { name: 'n0.example', type: 'A', class: 'IN' }, response_code: 'NOERROR' },
    observer: { hostname: 'resolver.example' },
  });
  t.equal(jsonLines(got[1]!.body)[0].create._id, five[1]!.id, 'with the same id');
  t.match(got[0]!.headers, { authorization: 'Basic dTpw', 'content-type': 'application/x-ndjson' });
});

t.test('Loki gets few streams, their lines in the order of time', async (t) => {
  const { url, got } = await httpReceiver(t, () => ({ status: 204, body: '' }));
  const { give, until } = outletOf(t, outConfig({ kind: 'loki', url }));
  give(five[3]!, five[1]!, queryEvent(9, { outcome: 'blocked' }), HIT);
  await until(({ delivered }) => delivered === 4);
  const { streams } = JSON.parse(got[0]!.body);
  t.same(
    streams.map(({ stream }: { stream: object }) => stream),
    [
      { job: 'cenote', host: 'resolver.example', event: 'query', outcome: 'upstream' },
      { job: 'cenote', host: 'resolver.example', event: 'query', outcome: 'blocked' },
      { job: 'cenote', host: 'resolver.example', event: 'hit' },
    ],
    'no name and no address is a label',
  );
  t.same(
    streams[0].values.map(([nanos, line]: [string, string]) => [nanos, JSON.parse(line).id]),
    [five[1]!, five[3]!].map(({ time, id }) => [`${Date.parse(time)}000000`, id]),
  );
});

t.test('a collector that refuses fewer than none, or more than there were, breaks no count', async (t) => {
  const said = ['-7', '1e9', 'Infinity', {}, null];
  let asked = 0;
  const { url } = await httpReceiver(t, () => {
    asked += 1;
    return { body: { partialSuccess: { rejectedLogRecords: said[asked - 1], errorMessage: 7 } } };
  });
  const { give, until } = outletOf(t, outConfig({ kind: 'otlp', url, token: 'abc' }));
  const states: [number, number][] = [];
  for (const _ of said) {
    give(...five);
    const { delivered, lost } = await until(({ waiting }) => waiting === 0);
    states.push([delivered, lost]);
  }
  t.same(states, [
    [5, 0],
    [5, 5],
    [5, 10],
    [10, 10],
    [15, 10],
  ]);
});

t.test('a collector of OpenTelemetry is not sent again what it refused in a partial success', async (t) => {
  const { url, got } = await httpReceiver(t, () => ({
    body: { partialSuccess: { rejectedLogRecords: '2', errorMessage: 'too old' } },
  }));
  const { give, until } = outletOf(t, outConfig({ kind: 'otlp', url, token: 'abc' }));
  const incident = {
    event: 'incident',
    id: 'i-1',
    time: HIT.time,
    change: 'opened',
    resolver: 'r',
    incident: INCIDENT,
  } as const;
  give(...five, incident);
  t.match(await until(({ waiting }) => waiting === 0), { delivered: 4, lost: 2 });
  t.equal(got.length, 1);
  t.equal(got[0]!.path, '/v1/logs');
  const [{ resource, scopeLogs }] = JSON.parse(got[0]!.body).resourceLogs;
  t.match(resource.attributes, [{ key: 'service.name', value: { stringValue: 'cenote' } }]);
  const records = scopeLogs[0].logRecords;
  t.equal(records.length, 6);
  t.match(records[0], {
    timeUnixNano: `${Date.parse(five[0]!.time)}000000`,
    severityNumber: 9,
    eventName: 'cenote.query',
  });
  t.ok(
    records[0].attributes.some(
      (one: { key: string; value: object }) =>
        one.key === 'dns.question.name' && JSON.stringify(one.value) === '{"stringValue":"n0.example"}',
    ),
  );
  t.match(records[5], { severityText: 'WARN', eventName: 'cenote.incident' });
});

t.test('what is too large is sent in halves, and one that is refused by itself is given up', async (t) => {
  const { url } = await httpReceiver(t, ({ body }) => {
    if (jsonLines(body).length > 2) return { status: 413, body: 'too large' };
    return body.includes('n3.example') ? { status: 400, body: { text: 'Invalid data', code: 6 } } : {};
  });
  const { give, until } = outletOf(t, outConfig({ url, token: 'x' }));
  give(...five);
  t.match(await until(({ waiting }) => waiting === 0), { delivered: 4, lost: 1 });
});

t.test(
  'a bulk of which every item is refused waits, as for a key that may not write the index',
  async (t) => {
    let status = 403;
    const { url } = await httpReceiver(t, ({ body }) => ({
      body: {
        errors: status > 299,
        items: jsonLines(body).flatMap(({ create }) =>
          create === undefined
            ? []
            : [{ create: { status, error: { type: 'security_exception', reason: 'no' } } }],
        ),
      },
    }));
    const { give, until } = outletOf(t, outConfig({ kind: 'bulk', url, index: 'dns' }));
    give(...five);
    t.match(await until(({ error }) => error !== null), {
      lost: 0,
      waiting: 5,
      error: /item 403: security_exception: no/,
      takesPart: false,
    });
    status = 201;
    t.match(await until(({ waiting }) => waiting === 0), { delivered: 5, lost: 0, error: null });
  },
);

t.test(
  'a receiver that refuses everything by itself loses nothing, and has all once it is mended',
  async (t) => {
    let isMended = false;
    const { url, got } = await httpReceiver(t, () =>
      isMended ? {} : { status: 400, body: 'json encoding is not supported' },
    );
    const { give, until, outlet } = outletOf(t, outConfig({ url, token: 'x' }));
    give(...Array.from({ length: 100 }, (_, i) => queryEvent(i)));
    t.match(await until(() => got.length > 60), {
      lost: 0,
      waiting: 100,
      takesPart: false,
      error: /HTTP 400/,
    });
    t.ok(got.length < 90, 'not each of them is tried');
    isMended = true;
    t.match(await until(({ waiting }) => waiting === 0), { delivered: 100, lost: 0 });
    isMended = false;
    give(queryEvent(200));
    t.match(await until(({ error }) => error !== null), { lost: 0, waiting: 1 }, 'one alone says nothing');
    isMended = true;
    t.match(await until(({ waiting }) => waiting === 0), { delivered: 101, lost: 0, error: null });
    await outlet.close();
  },
);

t.test(
  'a receiver that is busy, wrong, slow or gone is tried again, later each time, and nothing is lost',
  async (t) => {
    const states = [429, 503, 401, 0, -1, 101, 200];
    let tries = 0;
    const { url } = await httpReceiver(t, (_, response) => {
      const status = states[tries] ?? 200;
      tries += 1;
      if (status === 101) {
        response.socket?.write(
          'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
        );
        return undefined;
      }
      if (status === 0) return undefined; // never answers
      if (status < 0) {
        // Half a reply.
        response.writeHead(200, { 'content-length': 50 });
        response.write('{');
        response.destroy();
        return undefined;
      }
      return { status, body: 'so', headers: status === 429 ? { 'retry-after': '120' } : {} };
    });
    const { give, until, clock } = outletOf(t, outConfig({ url, token: 'x' }), { patienceMs: 1500 });
    give(...five);
    const seen = new Set<string>();
    let busyMs = 0;
    let againMs = 0;
    const state = await until(({ error, waiting }) => {
      if (error !== null) seen.add(error.slice(0, 60));
      if (busyMs === 0 && tries === 1) busyMs = clock.ms;
      if (againMs === 0 && tries === 2) againMs = clock.ms;
      return waiting === 0;
    });
    t.match(state, { delivered: 5, lost: 0, error: null, failingSince: null });
    t.ok(againMs - busyMs >= 119_000, 'not before it wants to be asked again');
    const all = [...seen].join('; ');
    for (const what of [
      /HTTP 429/,
      /HTTP 503/,
      /HTTP 401/,
      /too long/,
      /broke off|hang up|aborted/,
      /ended before/,
    ])
      t.match(all, what);
    t.equal(tries, 7);
  },
);

t.test('what waits is on the disk, is sent by the next start, and is bounded by size and age', async (t) => {
  let isThere = false;
  const { url, got } = await httpReceiver(t, () => (isThere ? {} : { status: 503 }));
  const config = outConfig({ url, token: 'x', batch: { events: 5, octets: 1e6, waitMs: 1000 } });
  const first = outletOf(t, config);
  first.give(...five, queryEvent(5));
  await first.until(({ error }) => error !== null);
  await first.outlet.close();
  t.equal(readdirSync(first.dir).length, 2);
  writeFileSync(join(first.dir, readdirSync(first.dir)[0]!.replace(/-5\.zst$/, '-7.zst')), 'damaged');
  isThere = true;
  got.length = 0;
  const second = outletOf(t, config, { dir: first.dir });
  t.equal(second.outlet.state.waiting, 13);
  t.match(await second.until(({ waiting }) => waiting === 0), { delivered: 6, lost: 7 });
  t.same(
    got.flatMap(({ body }) => jsonLines(body).map(({ event }) => event.id)),
    [...five, queryEvent(5)].map(({ id }) => id),
  );
  t.same(readdirSync(first.dir), []);

  isThere = false;
  const small = outletOf(t, { ...config, spool: { sizeOctets: 1000, ageMs: 60_000 } }, { dir: first.dir });
  for (let i = 0; i < 100; i += 1) small.give(queryEvent(i));
  const { waiting, lost, waitingOctets } = small.outlet.state;
  t.equal(waiting + lost, 100);
  t.ok(waitingOctets <= 1000 && lost > 0 && waiting > 0);
  small.clock.ms += 61_000;
  small.outlet.tick();
  t.match(small.outlet.state, { waiting: 0, lost: 100 });
  t.same(readdirSync(first.dir), []);
});

t.test('a batch that is sent in parts stays on the disk until its parts are there', async (t) => {
  const dir = t.testdir();
  const lines = ['a', 'b', 'c'];
  const spool = new Spool({ dir, sizeOctets: 1e6, ageMs: 60_000, now: () => 0, lost: () => t.fail('lost') });
  spool.add(lines, 0);
  const [whole] = readdirSync(dir);
  const during: string[][] = [];
  const looking = (line: string): string[] => {
    const join = (): string => {
      during.push(readdirSync(dir));
      return line;
    };
    return Object.assign([line], { join });
  };
  const first = spool.next();
  if (first !== null) spool.replace(first.batch, [looking('a'), looking('b')]);
  t.same(
    during.map((files) => files.includes(whole ?? '')),
    [true, true],
  );
  const after = readdirSync(dir);
  t.equal(after.length, 2);
  t.notOk(after.includes(whole ?? ''));
  t.equal(spool.events, 2);
});

t.test('where the disk takes nothing some batches wait in memory', async (t) => {
  const dir = join(t.testdir({ file: '' }), 'file', 'out');
  t.notOk(existsSync(dir));
  const { url } = await httpReceiver(t, () => ({}));
  const config = outConfig({ url, token: 'x', batch: { events: 1, octets: 1e6, waitMs: 1000 } });
  const { outlet, give, until } = outletOf(t, config, { dir });
  for (let i = 0; i < 80; i += 1) give(queryEvent(i));
  t.match(outlet.state, { waiting: 64, lost: 16 });
  t.match(await until(({ waiting }) => waiting === 0), { delivered: 64, lost: 16 });
});

t.test('each output gets what it asked for', async (t) => {
  const { url } = await httpReceiver(t, () => ({}));
  const dir = t.testdir();
  let number = 0;
  const taken = (change: Partial<OutConfig>, ...events: OutEvent[]): number => {
    number += 1;
    const { outlet, give } = outletOf(t, outConfig({ url, token: 'x', ...change }), {
      dir: join(dir, String(number)),
    });
    give(...events);
    return outlet.state.waiting;
  };
  const blocked = queryEvent(1, { list: 'ads', outcome: 'blocked', result: 'blocked' });
  const guest = queryEvent(2, {
    client: { ...five[0]!.client, ip: '198.51.100.9', name: 'cam-1', group: 'guests' },
  });
  const all = [five[0]!, blocked, guest, HIT];
  t.equal(taken({}, ...all), 4);
  t.equal(taken({ events: ['hits'] }, ...all), 1);
  t.equal(taken({ groups: ['guests'] }, ...all), 1);
  t.equal(taken({ lists: ['ads'] }, ...all), 1);
  t.equal(taken({ lists: [HIT.matches[0]?.list ?? HIT.list] }, ...all), 1);
  t.equal(taken({ outcomes: ['blocked'] }, blocked, guest), 1);
  t.equal(taken({ clients: [{ kind: 'name', pattern: 'cam*' }] }, ...all), 1);
  const net = {
    kind: 'prefix',
    bytes: new Uint8Array([...new Array(10).fill(0), 255, 255, 198, 51, 100, 0]),
    bits: 120,
  } as never;
  t.equal(taken({ clients: [net] }, ...all), 1);
});

t.test(
  'a clock that is set back by years holds nothing back, and since when it fails goes with it',
  async (t) => {
    let status = 503;
    const { url } = await httpReceiver(t, () => ({ status, body: {} }));
    const { give, until, clock, outlet } = outletOf(t, outConfig({ url, token: 'x' }));
    give(...five);
    const failing = await until(({ error }) => error !== null);
    const YEARS_MS = 20 * 365 * 86_400_000;
    clock.aheadMs = -YEARS_MS;
    t.equal(Date.parse(outlet.state.failingSince ?? ''), Date.parse(failing.failingSince ?? '') - YEARS_MS);
    status = 200;
    clock.ms += 60_000;
    t.match(await until(({ delivered }) => delivered === 5), { error: null, failingSince: null });
  },
);
