// What strangers do to a DoH port (RFC 8484), over HTTP/2 and HTTP/1.1.
import { once } from 'node:events';
import { constants } from 'node:http2';
import { request as request1 } from 'node:https';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import { openHttps } from '../../src/listen/https.ts';
import type { Limits } from '../../src/listen/limits.ts';
import { portOf } from '../../src/listen/open.ts';
import { frame, GET, POST as POST_FIELDS, PREFACE, readFrames, SETTINGS } from '../support/http2-frames.ts';
import { CERTIFICATE } from '../support/listen-certificate.ts';
import { HttpsClient, readReply } from '../support/listen-https-client.ts';
import { Echo, message, replyTo } from '../support/listen-messages.ts';
import { LOOPBACK, listenOptions } from '../support/listen-options.ts';

const POST = { ':method': 'POST', ':path': '/dns-query', 'content-type': 'application/dns-message' };
const DNS = Buffer.from(message(0)).toString('base64url');

async function start(t: Test, limits: Partial<Limits> = {}) {
  const echo = new Echo();
  const options = listenOptions({ sweepMs: 10, ...limits });
  const listener = await openHttps(LOOPBACK, CERTIFICATE, echo.answer, options);
  t.teardown(() => listener.close(0));
  const dial = async (): Promise<HttpsClient> => {
    const client = await HttpsClient.open(listener.bound);
    t.teardown(() => client.close());
    return client;
  };
  /** A TLS connection for HTTP/1.1, and what came back on it once it has ended. */
  const dial1 = async (): Promise<{ socket: TLSSocket; ended: Promise<string> }> => {
    const port = portOf(listener.bound);
    const socket = connectTls({ port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    t.teardown(() => socket.destroy());
    await once(socket, 'secureConnect');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    return { socket, ended: new Promise((resolve) => socket.once('close', () => resolve(text))) };
  };
  /** A TLS connection for HTTP/2 behind both sides' settings; `until`: the frames since, once `count` of a type are there. */
  const dialFrames = async () => {
    const port = portOf(listener.bound);
    const socket = connectTls({ port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    t.teardown(() => socket.destroy());
    let octets = Buffer.alloc(0);
    const until = async (type: number, count: number) => {
      while (readFrames(octets).filter((one) => one.type === type).length < count)
        octets = Buffer.concat([octets, (await once(socket, 'data'))[0]]);
      return readFrames(octets);
    };
    await once(socket, 'secureConnect');
    socket.write(Buffer.concat([PREFACE, SETTINGS]));
    await until(4, 2);
    octets = Buffer.alloc(0);
    return { socket, until };
  };
  return { echo, listener, dial, dial1, dialFrames };
}

t.test('POST and GET are answered with the message and how long it stays fresh', async (t) => {
  const { dial } = await start(t);
  const client = await dial();

  const posted = await client.request(POST, message(0));
  const got = await client.request({ ':path': `/dns-query?dns=${DNS}` });

  for (const reply of [posted, got]) {
    t.equal(reply.status, 200);
    t.equal(reply.headers['content-type'], 'application/dns-message');
    t.equal(reply.headers['cache-control'], 'no-store', 'the echo has no records, so no TTL');
    t.same(Uint8Array.from(reply.body), replyTo(message(0)));
  }
});

t.test('a reply with records is fresh for their smallest TTL', async (t) => {
  const { listener } = await start(t);
  const record = (ttl: number): number[] => [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, ttl, 0, 4, 192, 0, 2, 1];
  const withTtl = await openHttps(
    LOOPBACK,
    CERTIFICATE,
    (query) => {
      const octets = [
        ...replyTo(query.message.subarray(0, query.messageLength)),
        ...record(60),
        ...record(7),
      ];
      octets[7] = 2;
      query.reply.set(octets);
      query.replyLength = octets.length;
      return 0;
    },
    listenOptions(),
  );
  t.teardown(() => withTtl.close(0));
  const client = await HttpsClient.open(withTtl.bound);
  t.teardown(() => client.close());

  const { headers } = await client.request(POST, message(0));

  t.equal(headers['cache-control'], 'max-age=7');
  t.equal(listener.counters.queries, 0);
});

t.test('what is no DNS request gets the status that says why, and nothing is asked', async (t) => {
  const { echo, dial } = await start(t);
  const client = await dial();
  const status = async (headers: Record<string, string>, body?: Uint8Array): Promise<number> =>
    (await client.request(headers, body)).status;

  t.equal(await status({ ':path': '/' }), 404);
  t.equal(await status({ ...POST, ':method': 'PUT' }, message(1)), 405);
  t.equal(await status({ ...POST, 'content-type': 'text/html' }, message(1)), 415);
  t.equal(await status({ ':path': '/dns-query?dns=*' }), 400);
  t.equal(await status(POST, new Uint8Array(0)), 400);
  t.equal(await status({ ...POST, 'content-length': '65536' }, new Uint8Array(65_536)), 413);
  t.equal(await status(POST, new Uint8Array(65_536)), 413);
  t.same(echo.seen, []);
  t.equal(await status(POST, message(1)), 200);
});

t.test('a query that is dropped or abandoned gets a status', async (t) => {
  const { echo, dial } = await start(t);
  const client = await dial();

  const dropped = await client.request(POST, message(1, 'drop'));
  const abandoned = client.request(POST, message(1, 'late'));
  await echo.holds(1);
  echo.held[0]!.origin!.abandon(echo.held[0]!);

  t.equal(dropped.status, 400);
  t.equal((await abandoned).status, 503);
});

t.test('a body that drips is cut by the deadline of the whole', async (t) => {
  const { listener, dial } = await start(t, { messageTimeoutMs: 400, idleTimeoutMs: 60_000 });
  const client = await dial();
  const stream = client.begin(POST, false);
  const drip = setInterval(() => stream.write(Buffer.from([0])), 10);
  t.teardown(() => clearInterval(drip));

  const { status } = await readReply(stream);

  t.equal(status, 408);
  t.equal(listener.counters.timedOut, 1);
});

t.test('a client that writes the body once its head is acknowledged hears at once', async (t) => {
  const { dialFrames } = await start(t);
  const { socket, until } = await dialFrames();

  socket.write(frame(1, 4, 1, POST_FIELDS));
  await until(8, 1);
  socket.write(frame(0, 1, 1, message(0)));
  await until(0, 1);
  t.pass('answered');
});

t.test('a client that resets its streams over and over is cut (Rapid Reset)', async (t) => {
  const { echo, dial } = await start(t);
  const client = await dial();

  const flood = setInterval(() => {
    for (let i = 0; i < 50 && !client.session.destroyed; i++) {
      const stream = client.begin(POST, false);
      stream.end(message(1, 'late'));
      setImmediate(() => stream.close(constants.NGHTTP2_CANCEL));
    }
  }, 5);
  t.teardown(() => clearInterval(flood));
  await client.closed;

  const next = await dial();
  t.equal((await next.request(POST, message(2))).status, 200);
  for (const query of echo.held) query.origin!.send(query);
  t.equal((await next.request(POST, message(3))).status, 200);
});

t.test(
  'no TLS record has an answer and the whole header section of the next, since some clients read one answer a record',
  async (t) => {
    const { dialFrames } = await start(t);
    const { socket, until } = await dialFrames();

    socket.write(Buffer.concat([1, 3, 5].map((id) => frame(1, 5, id, GET))));
    const frames = await until(0, 3);

    let at = 0;
    const ends: number[] = [];
    const types: number[] = [];
    for (const { type, payload } of frames) {
      at += 9 + payload.length;
      types.push(type);
      ends.push(Math.floor((at - 1) / 512));
    }
    t.same(
      types.slice(0, 5),
      [1, 0, 1, 0, 1],
      'nothing but answers: a client may write each frame of a kind it does not know to its log',
    );
    t.ok(ends[2]! > ends[1]! && ends[4]! > ends[3]!, `records: ${ends}`);
  },
);

t.test(
  'many answers of one turn are read by a client that knows HPACK, whatever fills records between them',
  async (t) => {
    const { dial } = await start(t);
    const client = await dial();
    const asked = Array.from({ length: 80 }, (_, i) => i);
    const replies = await Promise.all(asked.map((i) => client.request(POST, message(i, `n${i}`))));
    t.same(
      replies.map(({ status, headers, body }) => [status, Number(headers['content-length']) === body.length]),
      asked.map(() => [200, true]),
    );
    t.ok(replies.some(({ headers }) => /^0*$/.test(String(headers['padding'] ?? '-'))));
  },
);

t.test('a busy client whose frames end in other chunks than they begin is not cut', async (t) => {
  const { listener } = await start(t, { messageTimeoutMs: 400, idleTimeoutMs: 60_000 });
  const port = portOf(listener.bound);
  const socket = connectTls({ port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  t.teardown(() => socket.destroy());
  await once(socket, 'secureConnect');
  const got: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void got.push(chunk));
  socket.on('error', () => {});
  const asked = 20;
  let rest: Buffer = Buffer.concat([PREFACE, SETTINGS]);
  for (let i = 0; i < asked; i += 1) {
    const next = frame(1, 5, 2 * i + 1, GET);
    socket.write(Buffer.concat([rest, next.subarray(0, 12)]));
    rest = next.subarray(12);
    await new Promise((resolve) => void setTimeout(resolve, 30));
  }
  t.equal(socket.destroyed, false);
  const answers = (): number => readFrames(Buffer.concat(got)).filter(({ type }) => type === 1).length;
  while (answers() < asked - 1 && !socket.destroyed)
    await new Promise((resolve) => void setTimeout(resolve, 5));
  t.equal(answers(), asked - 1);
  await once(socket, 'close');
  t.pass('and the half that never ends is cut');
});

t.test('an idle connection is closed, one that waits is not', async (t) => {
  const { echo, dial } = await start(t, { idleTimeoutMs: 300 });
  const [patient, idle] = [await dial(), await dial()];
  const reply = patient.request(POST, message(1, 'late'));
  await echo.holds(1);
  await idle.request(POST, message(2));
  await idle.closed;

  echo.release(0);

  t.equal((await reply).status, 200);
});

t.test('HTTP/1.1: kept alive, answered in order, closed after an error', async (t) => {
  const { dial1 } = await start(t);
  const { socket, ended } = await dial1();
  const post = Buffer.concat([
    Buffer.from(
      `POST /dns-query HTTP/1.1\r\nHost: x\r\nContent-Type: application/dns-message\r\nContent-Length: ${message(1).length}\r\n\r\n`,
    ),
    message(1),
  ]);

  socket.write(Buffer.concat([post, post]));
  socket.write('GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n');
  const text = await ended;

  t.same(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404']);
});

t.test('HTTP/1.1: heads that never end and junk are cut', async (t) => {
  const { listener, dial1 } = await start(t, { messageTimeoutMs: 500 });
  const [slow, junk] = [await dial1(), await dial1()];

  slow.socket.write('GET /dns-query HTTP/1.1\r\nHost:');
  junk.socket.write('\x00\x01\x02 nonsense\r\n\r\n');
  await Promise.all([slow.ended, junk.ended]);

  t.equal(listener.counters.timedOut, 1);
  t.equal(listener.counters.ignored, 1);
});

t.test('HTTP/1.1: Node as a client, through an agent', async (t) => {
  const { listener } = await start(t);
  const request = request1({
    port: portOf(listener.bound),
    path: `/dns-query?dns=${DNS}`,
    rejectUnauthorized: false,
    agent: false,
  });
  request.end();
  const [response] = await once(request, 'response');

  t.equal(response.statusCode, 200);
  t.same(Uint8Array.from(Buffer.concat(await response.toArray())), replyTo(message(0)));
});
