// What a client may learn of this resolver, each only when it asks, and only what the admin wants told.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { designation } from '../../src/daemon/machine/designation.ts';
import { About } from '../../src/resolver/local/about.ts';
import { OwnOptions } from '../../src/resolver/local/own-options.ts';
import { TRANSPORT, type Transport } from '../../src/wire/message/query.ts';
import { writeServerCookie } from '../../src/wire/message/server-cookie.ts';
import { addressToText } from '../../src/wire/names/address.ts';
import { nameToText } from '../../src/wire/names/presentation.ts';
import { CERTIFICATE } from '../support/listen-certificate.ts';
import { readMessage } from '../support/read-message.ts';
import { a, type Bench, counts, rcode, walkBench } from '../support/walk-bench.ts';
import { wireOpt, wireOption } from '../support/wire-message.ts';

const SECRET = Uint8Array.from(Buffer.from('e5e973e5a6b2a43f48e7dc849e37bfcf', 'hex'));
const own = (said: Partial<ConstructorParameters<typeof OwnOptions>[0]> = {}) =>
  new OwnOptions({ id: null, cookieSecret: null, originMs: 0, idleMs: 10_000, ...said });
const optionsOf = (reply: Uint8Array): Record<number, string> =>
  Object.fromEntries(
    (readMessage(reply)?.edns?.options ?? []).map(({ code, data }) => [
      code,
      Buffer.from(data).toString('latin1'),
    ]),
  );
const hex = (text: string | undefined): string => Buffer.from(text ?? '', 'latin1').toString('hex');
const asking = (...options: number[][]) => [wireOpt(options.flat())];
const NSID = wireOption(3, []);
const KEEPALIVE = wireOption(11, []);
const STRUCTURED = wireOption(26, []);
const cookie = (digits: string) => wireOption(10, [...Buffer.from(digits, 'hex')]);

t.test('server cookies are those that RFC 9018 computes', async (t) => {
  const made = (secret: string, client: string, address: number[], seconds: number): string => {
    const target = new Uint8Array(16);
    const octets = (digits: string) => Uint8Array.from(Buffer.from(digits, 'hex'));
    writeServerCookie(octets(secret), octets(client), 0, Uint8Array.from(address), seconds, target, 0);
    return Buffer.from(target).toString('hex');
  };
  const four = [...Array(10).fill(0), 255, 255, 198, 51, 100, 100];
  t.equal(
    made('e5e973e5a6b2a43f48e7dc849e37bfcf', '2464c4abcf10c957', four, 1_559_731_985),
    '010000005cf79f111f8130c3eee29480',
    'appendix A.1',
  );
  const six = [...Buffer.from('20010db80220000159ded0f4876982b8', 'hex')];
  t.equal(
    made('445536bcd2513298075a5d379663c962', '22681ab97d52c298', six, 1_559_741_961),
    '010000005cf7c609a6bb79d16625507a',
    'appendix A.4',
  );
});

t.test(
  'a cookie is answered with the client’s own and a server’s, and never with another client’s',
  async (t) => {
    const bench = walkBench({ ownOptions: own({ cookieSecret: SECRET }), lists: [{ name: 'c2' }], words: [{ list: 'c2', names: ['evil.test'] }] }); // biome-ignore format: one line
    const ask = (digits: string, from = 7) =>
      hex(optionsOf(bench.ask({ name: 'evil.test', additional: asking(cookie(digits)) }, from).reply)[10]);
    const first = ask('2464c4abcf10c957');
    t.match(first, /^2464c4abcf10c957010000[0-9a-f]{26}$/);
    t.equal(ask('2464c4abcf10c957'), first, 'the same in the same second');
    t.not(ask('2464c4abcf10c957', 8), first, 'another address, another cookie');
    t.match(ask(first), /^2464c4abcf10c957010000/, 'with a server cookie too');
    t.equal(rcode(bench.ask({ additional: asking(cookie('24')) }).reply), 1, 'FORMERR for one of one octet');
    t.equal(
      hex(optionsOf(bench.ask({ name: 'evil.test', additional: [wireOpt()] }).reply)[10]),
      '',
      'unasked',
    );
    const strict = walkBench({ ownOptions: own({ cookieSecret: SECRET, requiresCookies: true }), lists: [{ name: 'c2' }], words: [{ list: 'c2', names: ['evil.test'] }] }); // biome-ignore format: one line
    const strictly = (digits: string, from = 7, transport?: Transport) => {
      const { reply } = strict.ask(
        { name: 'evil.test', additional: asking(cookie(digits)) },
        from,
        transport,
      );
      return { code: readMessage(reply)?.rcode, given: hex(optionsOf(reply)[10]) };
    };
    const given = strictly('2464c4abcf10c957');
    t.match(given, { code: 23, given: /^2464c4abcf10c957010000/ }, 'a client cookie alone');
    t.equal(strictly(given.given).code, 0, 'with ours it is answered');
    t.equal(strictly(given.given, 8).code, 23, 'of another address');
    t.equal(strictly(`0000${given.given.slice(4)}`).code, 23, 'of another client cookie');
    t.equal(strictly(`${given.given.slice(0, -2)}00`).code, 23, 'forged');
    t.equal(strictly('2464c4abcf10c957', 7, TRANSPORT.tcp).code, 0, 'a connection has proven its address');
    t.equal(
      rcode(strict.ask({ name: 'evil.test', additional: [wireOpt()] }).reply),
      0,
      'who knows no cookies',
    );
    const without = walkBench({ ownOptions: own() });
    t.notOk(10 in optionsOf(without.ask({ name: 'localhost', additional: asking(cookie('2464c4abcf10c957')) }).reply)); // biome-ignore format: one line
  },
);

t.test('a cookie has room in a reply that would just fit, relayed or our own', async (t) => {
  const bench = walkBench({ ownOptions: own({ cookieSecret: SECRET, id: 'office-1' }) });
  const answers = Array.from({ length: 28 }, () => a('many.test'));
  bench.ask({ name: 'many.test', additional: [wireOpt([...cookie('2464c4abcf10c957'), ...NSID], { size: 512 })] }); // biome-ignore format: one line
  bench.respond({ name: 'many.test', answers });
  const reply = bench.sent.at(-1) ?? new Uint8Array(0);
  t.ok(reply.length <= 512);
  t.match(hex(optionsOf(reply)[10]), /^2464c4abcf10c957/);
});

t.test('NSID, CH TXT and the version are told where the admin wants it, else refused', async (t) => {
  const said = walkBench({ about: new About('office-1', 'cenote 9'), ownOptions: own({ id: 'office-1' }) });
  const text = (name: string, bench = said) => {
    const { reply } = bench.ask({ name, type: 16, class: 3 });
    return rcode(reply) === 0 ? Buffer.from(reply.slice(-8)).toString() : rcode(reply);
  };
  t.equal(text('id.server'), 'office-1');
  t.equal(text('hostname.BIND'), 'office-1');
  t.equal(text('version.bind'), 'cenote 9');
  t.equal(text('version.server'), 'cenote 9');
  t.equal(text('other.bind'), 5);
  const { reply } = said.ask({ name: 'id.server', type: 16, class: 3, additional: [wireOpt()] });
  t.same(counts(reply), [1, 0, 1]);
  t.equal(reply[12 + 11 + 4 + 5], 3, 'the answer’s class');
  t.equal(rcode(said.ask({ name: 'id.server', type: 1, class: 3 }).reply), 5, 'no addresses in CHAOS');
  t.equal(optionsOf(said.ask({ name: 'localhost', additional: asking(NSID) }).reply)[3], 'office-1');
  t.notOk(3 in optionsOf(said.ask({ name: 'localhost', additional: [wireOpt()] }).reply), 'unasked');
  const silent = walkBench({ about: new About(null, null), ownOptions: own() });
  for (const name of ['id.server', 'hostname.bind', 'version.bind', 'version.server'])
    t.equal(text(name, silent), 5, name);
  t.notOk(3 in optionsOf(silent.ask({ name: 'localhost', additional: asking(NSID) }).reply));
  for (let round = 0; round < 3; round += 1)
    t.equal(text('id.server'), 'office-1', 'asked again, it is of its class still');
});

t.test('how long a connection may idle is told over connections alone', async (t) => {
  const { ask } = walkBench({ ownOptions: own() });
  const told = (transport: (typeof TRANSPORT)[keyof typeof TRANSPORT]) =>
    hex(optionsOf(ask({ name: 'localhost', additional: asking(KEEPALIVE) }, 7, transport).reply)[11]);
  t.equal(told(TRANSPORT.tcp), '0064', '100 × 100 ms');
  t.equal(told(TRANSPORT.tls), '0064');
  t.equal(told(TRANSPORT.udp), '');
  t.equal(told(TRANSPORT.https), '');
});

t.test(
  'a structured error says why and whom to ask, to those who want it so, and never that it forged',
  async (t) => {
    const indicator = { campaign: '3CX "supply\u0000 chain"', source: null, firstPublished: null, confidence: null, note: null }; // biome-ignore format: one line
    const structured = {
      contact: ['mailto:help@example.org'],
      resolver: { organization: 'Example Ltd' },
      lists: [{ name: 'c2', category: 'malware' }, { name: 'page' }],
    } as never;
    const bench = walkBench({
      structured,
      lists: [{ name: 'c2' }, { name: 'page', action: 'zone' }],
      words: [
        { list: 'c2', names: ['evil.test'], rule: { indicator } },
        {
          list: 'page',
          names: ['page.test'],
          rule: { rewrite: { kind: 'address', addresses: ['192.0.2.9'] } },
        },
      ],
    });
    const error = (name: string, opt: readonly number[]) => {
      const data = Buffer.from(optionsOf(bench.ask({ name, additional: [opt] }).reply)[15] ?? '', 'latin1');
      return { code: data.readUInt16BE(0), text: data.subarray(2).toString() };
    };
    t.same(error('evil.test', wireOpt(STRUCTURED)), {
      code: 15,
      text: '{"c":["mailto:help@example.org"],"j":"3CX \\"supply  chain\\"","s":1,"o":"Example Ltd","l":"en"}',
    });
    t.same(error('page.test', wireOpt(STRUCTURED)), {
      code: 15,
      text: '{"c":["mailto:help@example.org"],"s":5,"o":"Example Ltd","l":"en"}',
    });
    t.same(error('evil.test', wireOpt()), { code: 15, text: 'list=c2 rule=evil.test' }, 'unasked: no JSON');
    t.equal(error('page.test', wireOpt()).code, 4, 'a forged answer is called so');
  },
);

t.test('a structured error that does not fit is left out in parts, and is JSON always', async (t) => {
  const contact = ['mailto:help@example.org'];
  const long = 'o'.repeat(400);
  const texts = [{ contact, resolver: { organization: long }, lists: [] }, { contact: [`https://example.org/${long}`], resolver: { organization: null }, lists: [] }]; // biome-ignore format: one line
  const said = texts.map((structured) => {
    const bench = walkBench({ structured: structured as never, lists: [{ name: 'c2' }], words: [{ list: 'c2', names: ['evil.test'] }] }); // biome-ignore format: one line
    return optionsOf(bench.ask({ name: 'evil.test', additional: asking(STRUCTURED) }).reply)[15]?.slice(2);
  });
  t.same(said, ['{"c":["mailto:help@example.org"],"s":5}', '{"s":5}']);
});

t.test(
  'a block says by its list why: blocked, censored or filtered; an address of ours is forged as well',
  (t) => {
    const lists = [{ name: 'ours' }, { name: 'court', ede: 'censored' }, { name: 'kids', ede: 'filtered' }, { name: 'off', action: 'nxdomain', ede: 'filtered' }] as const; // biome-ignore format: one line
    const words = lists.map(({ name }) => ({ list: name, names: [`${name}.test`] }));
    const own = { kind: 'address', a: Uint8Array.of(192, 0, 2, 9), aaaa: null } as const;
    const errorsOf = (bench: Bench, name: string, type = 1, ...options: number[][]): (number | undefined)[] =>
      (readMessage(bench.ask({ name, type, additional: asking(...options) }).reply)?.edns?.options ?? [])
        .filter(({ code }) => code === 15)
        .map(({ data }) => data[1]);
    const [nullIp, ours] = [walkBench({ lists, words }), walkBench({ lists, words, answer: own })];
    const said = lists.map(({ name }) => [errorsOf(nullIp, `${name}.test`), errorsOf(ours, `${name}.test`), errorsOf(ours, `${name}.test`, 28)]); // biome-ignore format: one line
    t.same(said, [
      [[15], [15, 4], [15]],
      [[16], [16, 4], [16]],
      [[17], [17, 4], [17]],
      [[17], [17], [17]],
    ]);
    const structured = { contact: [], resolver: { organization: null }, lists: [] } as never;
    t.same(errorsOf(walkBench({ lists, words, structured }), 'kids.test', 1, STRUCTURED), [17]);
    t.end();
  },
);

t.test('clients find DoT and DoH by the certificate’s name, and what the resolver is like', async (t) => {
  const resolver = { name: null, designate: true, information: true, infoUrl: 'https://example.org/dns' };
  const { cert } = CERTIFICATE;
  const served = {
    tls: [{ host: '192.0.2.53', port: 853 }, { host: '::', port: 853 }],
    https: [{ host: '0.0.0.0', port: 8443 }],
  }; // biome-ignore format: two lines
  const lists: { name: string; ede?: 'filtered' }[] = [{ name: 'ads' }];
  const records = designation({ resolver, lists } as never, cert, served);
  t.match(new X509Certificate(cert).subjectAltName, /DNS:/);
  const { ask } = walkBench({ designation: records });
  const { reply } = ask({ name: '_dns.resolver.arpa', type: 64 });
  t.same(counts(reply), [2, 0, 0]);
  const text = Buffer.from(reply).toString('hex');
  t.match(text, '0001000403646f7400040004c0000235', 'DoT on its usual port, with its address');
  const path = Buffer.from('/dns-query{?dns}').toString('hex');
  t.match(text, `0001000c02683208687474702f312e31${'0003000220fb'}00070010${path}`, 'DoH');
  t.same(counts(ask({ name: 'resolver.arpa', type: 261 }).reply), [1, 0, 0]);
  t.match(Buffer.from(ask({ name: 'resolver.arpa', type: 261 }).reply).toString('latin1'), /exterr=0,3-4,15,18,22-24.infourl=https:\/\/example\.org\/dns/); // biome-ignore format: one line
  const withFilter = walkBench({ designation: designation({ resolver, lists: [...lists, { name: 'kids', ede: 'filtered' }] } as never, cert, served) }); // biome-ignore format: one line
  t.match(Buffer.from(withFilter.ask({ name: 'resolver.arpa', type: 261 }).reply).toString('latin1'), /exterr=0,3-4,15,17-18,22-24/); // biome-ignore format: one line
  t.same(counts(ask({ name: 'resolver.arpa', type: 1 }).reply), [0, 1, 0], 'NODATA');
  t.same(counts(ask({ name: 'x.resolver.arpa', type: 64 }).reply), [0, 1, 0], 'NODATA');
  t.same(designation({ lists, resolver: { ...resolver, designate: false, information: false } } as never, cert, served), []); // biome-ignore format: one line
  t.same(designation({ lists, resolver: { ...resolver, information: false } } as never, null, served), [], 'nothing is encrypted'); // biome-ignore format: one line
});

t.test('the DHCP option that the documents give is one of RFC 9463', async (t) => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/clients.md'), 'utf8');
  const [dnsmasq = ''] = /(?<=dhcp-option=162,)[0-9a-f:]+/.exec(text) ?? [];
  const [kea = ''] = /(?<="data": ")[0-9a-f]+/.exec(text) ?? [];
  t.equal(kea, dnsmasq.replaceAll(':', ''), 'both servers are given the same');
  const octets = Buffer.from(kea, 'hex');
  t.equal(octets.readUInt16BE(0), octets.length - 2);
  const nameLength = octets[4] ?? 0;
  t.equal(nameToText(octets.subarray(5, 5 + nameLength)), 'dns.example.net');
  const address = 5 + nameLength + 1;
  t.equal(addressToText(octets.subarray(address, address + (octets[address - 1] ?? 0))), '10.0.0.53');
  t.equal(octets.toString('latin1', address + 4), '\0\x01\0\x04\x03dot', 'alpn=dot');
});
