// The PROXY protocol: who a trusted neighbour passes a datagram or a connection on for, and a clean end for anybody else's header.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import t from 'tap';
import { forwardedFor } from '../../src/listen/http/forwarded-for.ts';
import { openListeners } from '../../src/listen/open.ts';
import { beginsAsProxy, PROXY, ProxyHeader } from '../../src/listen/proxy/header.ts';
import { OUTCOME, type Query } from '../../src/wire/message/query.ts';
import { addressToText, textToAddress } from '../../src/wire/names/address.ts';
import { askUdp } from '../support/client.ts';
import { CERTIFICATE } from '../support/listen-certificate.ts';
import { concat, query, u16 } from '../support/message.ts';

const SIGNATURE = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10];
const tlv = [4, 0, 3, 1, 2, 3];
const four = (source: readonly number[], command = 0x21) =>
  Uint8Array.from([
    ...SIGNATURE,
    command,
    0x12,
    ...u16(12 + tlv.length),
    ...source,
    198,
    51,
    100,
    1,
    ...u16(4711),
    ...u16(53),
    ...tlv,
  ]);
const sixTo = (text: string) =>
  concat([...SIGNATURE, 0x21, 0x21, ...u16(36)], textToAddress(text) ?? [], new Uint8Array(16), [
    ...u16(1),
    ...u16(53),
  ]);
const headerOf = (octets: Uint8Array) => {
  const header = new ProxyHeader();
  const length = header.readEither(octets, octets.length, textToAddress);
  return [length, header.hasSource ? addressToText(header.source) : null];
};
const v1 = (text: string) => Buffer.from(text, 'latin1');

t.test('headers of both versions are read to their end, with what is added behind', async (t) => {
  const header = four([192, 0, 2, 7]);
  t.same(headerOf(concat(header, query('www.example.com'))), [header.length, '192.0.2.7']);
  t.same(headerOf(sixTo('2001:db8::7')), [52, '2001:db8::7']);
  t.same(headerOf(four([192, 0, 2, 7], 0x20)), [header.length, null], 'LOCAL: the proxy itself');
  t.same(headerOf(v1('PROXY TCP4 192.0.2.7 198.51.100.1 4711 53\r\n..')), [43, '192.0.2.7']);
  t.same(headerOf(v1('PROXY TCP6 2001:db8::7 2001:db8::1 4711 53\r\n')), [44, '2001:db8::7']);
  t.same(headerOf(v1('PROXY UNKNOWN\r\n')), [15, null]);
});

t.test('half a header waits, a broken one is broken, a query is none', async (t) => {
  const header = four([192, 0, 2, 7]);
  for (let length = 1; length < header.length; length += 1)
    t.equal(headerOf(header.subarray(0, length))[0], PROXY.unfinished, String(length));
  for (const broken of [
    Uint8Array.from([...SIGNATURE, 0x31, 0x11, 0, 12]),
    Uint8Array.from([...SIGNATURE, 0x21, 0x11, 0xff, 0xff]),
    Uint8Array.from([...SIGNATURE, 0x21, 0x11, 0, 4, 1, 2, 3, 4]),
    v1('PROXY TCP4 2001:db8::7 ::1 1 2\r\n'),
    v1('PROXY TCP4 localhost ::1 1 2\r\n'),
    v1(`PROXY ${'x'.repeat(120)}`),
  ])
    t.equal(headerOf(broken)[0], PROXY.broken, String(broken));
  t.equal(headerOf(query('www.example.com'))[0], PROXY.none);
  t.notOk(beginsAsProxy(query('www.example.com', 'A', { id: 0x0d0a }), 33));
});

t.test('whatever comes, it is read without a throw and within its length', async (t) => {
  const start = fc.constantFrom(Uint8Array.from(SIGNATURE), v1('PROXY TCP4 '), new Uint8Array(0));
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 80 }), (begin, rest) => {
        const octets = concat(begin, rest);
        const [length] = headerOf(octets);
        return typeof length === 'number' && length <= octets.length;
      }),
      { numRuns: 5000 },
    ),
  );
});

for (const udp of ['portable', 'auto'] as const)
  t.test(`over UDP (${udp}) and TCP the machine asks and the proxy is answered`, async (t) => {
    const seen: string[] = [];
    const answer = (asked: Query) => {
      seen.push(`${addressToText(asked.address)} ${asked.isForwarded ? addressToText(asked.sender) : '-'}`);
      asked.reply.set(asked.message.subarray(0, asked.messageLength));
      asked.replyLength = asked.messageLength;
      return OUTCOME.answered;
    };
    const open = (trusted: boolean) =>
      openListeners({
        addresses: [{ host: '127.0.0.1', port: 0 }],
        answer,
        options: { udp, proxy: true, isTrusted: () => trusted },
      });
    const message = query('www.example.com');
    const overTcp = (port: number, parts: readonly Uint8Array[]) =>
      new Promise<Buffer>((resolve) => {
        const socket = connect(port, '127.0.0.1');
        const got: Buffer[] = [];
        socket.on('data', (chunk) => {
          got.push(Buffer.from(chunk));
          socket.end();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(Buffer.concat(got)));
        const [first = new Uint8Array(0), ...rest] = parts;
        socket.write(first);
        setImmediate(() => rest.forEach((part) => void socket.write(part)));
      });
    const portOf = ({ bound }: { readonly bound: string }) => Number(bound.split(':').at(-1));

    const trusting = await open(true);
    const port = portOf(trusting.listeners[0] ?? { bound: '' });
    const server = { host: '127.0.0.1', port };
    t.same(await askUdp(server, concat(four([192, 0, 2, 7]), message)), Buffer.from(message));
    t.same(await askUdp(server, message), Buffer.from(message), 'a header is not needed');
    const framed = concat(u16(message.length), message);
    const header = four([192, 0, 2, 8]);
    t.same(await overTcp(port, [header.subarray(0, 20), header.subarray(20), framed]), Buffer.from(framed));
    t.same(
      await overTcp(port, [concat(v1('PROXY TCP4 192.0.2.9 127.0.0.1 1 53\r\n'), framed)]),
      Buffer.from(framed),
    );
    t.same(seen, ['192.0.2.7 127.0.0.1', '127.0.0.1 -', '192.0.2.8 127.0.0.1', '192.0.2.9 127.0.0.1']);
    await Promise.all(trusting.listeners.map((listener) => listener.close(100)));

    const careful = await open(false);
    const closed = portOf(careful.listeners[0] ?? { bound: '' });
    t.equal((await overTcp(closed, [concat(header, framed)])).length, 0, 'the connection ends');
    t.equal(
      (await overTcp(closed, [concat(v1('PROXY TCP4 192.0.2.9 127.0.0.1 1 53\r\n'), framed)])).length,
      0,
    );
    t.equal(
      await askUdp({ host: '127.0.0.1', port: closed }, concat(header, message), 300),
      null,
      'no answer',
    );
    t.equal(seen.length, 4, 'nothing was asked');
    await Promise.all(careful.listeners.map((listener) => listener.close(100)));
  });

t.test('HTTP headers name the machine that the nearest proxy saw', async (t) => {
  const of = (headers: Record<string, string | string[]>) => {
    const address = forwardedFor(headers);
    return address === null ? null : addressToText(address);
  };
  t.equal(of({ 'x-forwarded-for': '203.0.113.9, 192.0.2.7' }), '192.0.2.7');
  t.equal(of({ 'x-real-ip': '2001:db8::7' }), '2001:db8::7');
  t.equal(
    of({ forwarded: 'for=203.0.113.9;proto=https, for="[2001:db8::7]:4711";by=x', 'x-real-ip': '192.0.2.1' }),
    '2001:db8::7',
  );
  t.equal(of({ forwarded: 'for=192.0.2.7:4711' }), '192.0.2.7');
  t.equal(of({ forwarded: 'for=_hidden' }), null);
  t.equal(of({ 'x-forwarded-for': 'unknown' }), null);
  t.equal(of({}), null);
});

t.test(
  'before TLS and HTTPS a header of either version is taken off, and anybody else’s ends the connection',
  async (t) => {
    const seen: string[] = [];
    const answer = (asked: Query) => {
      seen.push(`${addressToText(asked.address)} ${asked.isForwarded ? addressToText(asked.sender) : '-'}`);
      asked.reply.set(asked.message.subarray(0, asked.messageLength));
      asked.replyLength = asked.messageLength;
      return OUTCOME.answered;
    };
    let ignored = 0;
    const open = (isTrusted: boolean) =>
      openListeners({
        addresses: [],
        answer,
        secure: {
          tls: [{ host: '127.0.0.1', port: 0 }],
          https: [{ host: '127.0.0.1', port: 0 }],
          certificate: CERTIFICATE,
        },
        options: {
          proxy: true,
          isTrusted: () => isTrusted,
          claimIgnored: () => {
            ignored += 1;
          },
        },
      });
    const message = query('www.example.com');
    const framed = concat(u16(message.length), message);
    const request = `GET /dns-query?dns=${Buffer.from(message).toString('base64url')} HTTP/1.1\r\nhost: x\r\n\r\n`;
    const exchange = (port: number, header: Uint8Array, said: string | Uint8Array) =>
      new Promise<number>((resolve) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write(header);
        const secure = connectTls({ socket, rejectUnauthorized: false });
        secure.on('secureConnect', () => secure.write(said));
        secure.on('data', (chunk: Buffer) => {
          resolve(chunk.length);
          socket.destroy();
        });
        secure.on('error', () => undefined);
        socket.on('close', () => resolve(0));
      });
    const portsOf = ({ listeners }: Awaited<ReturnType<typeof open>>) =>
      listeners.map(({ bound }) => Number(bound.split(':').at(-1)));

    const trusting = await open(true);
    const [tls = 0, https = 0] = portsOf(trusting);
    t.equal(await exchange(tls, four([192, 0, 2, 7]), framed), framed.length);
    t.equal(await exchange(tls, v1('PROXY TCP4 192.0.2.8 127.0.0.1 1 853\r\n'), framed), framed.length);
    t.ok((await exchange(https, sixTo('2001:db8::9'), request)) > 0);
    t.same(seen, ['192.0.2.7 127.0.0.1', '192.0.2.8 127.0.0.1', '2001:db8::9 127.0.0.1']);
    // dnsdist writes it within TLS; whose TLS a proxy passes on does not get to.
    const none = new Uint8Array(0);
    const within = concat(four([192, 0, 2, 10]), framed);
    t.equal(await exchange(tls, none, within), framed.length);
    t.equal(await exchange(tls, none, framed), framed.length, 'or none is there');
    t.equal(await exchange(tls, four([192, 0, 2, 7]), within), 0, 'a second one');
    t.equal(await exchange(tls, four([192, 0, 2, 7], 0x20), within), 0, 'behind one that names nobody');
    t.same(seen.splice(3), ['192.0.2.10 127.0.0.1', '127.0.0.1 -']);
    t.equal(ignored, 2, 'each is counted');
    ignored = 0;
    await Promise.all(trusting.listeners.map((listener) => listener.close(100)));

    const careful = await open(false);
    for (const port of portsOf(careful)) {
      t.equal(await exchange(port, four([192, 0, 2, 7]), framed), 0);
      t.equal(await exchange(port, v1('PROXY TCP4 192.0.2.8 127.0.0.1 1 853\r\n'), framed), 0);
    }
    t.equal(seen.length, 3, 'nothing was asked');
    t.equal(ignored, 4, 'each is counted');
    await Promise.all(careful.listeners.map((listener) => listener.close(100)));
  },
);
