// Records as lines: the same record is the same line, however its message was compressed.
import fc from 'fast-check';
import t from 'tap';
import { rdataOf } from '../../../src/wire/records/rdata-from-text.ts';
import { rdataText, recordLine } from '../../../src/wire/records/record-text.ts';
import { nextRecord, RecordView, skipQuestions } from '../../../src/wire/records/records.ts';
import { wordsOf } from '../../../src/wire/records/words.ts';
import { concat, nameOctets, query, u16, u32 } from '../../support/message.ts';

/** An answer with one record of rpz.example, its RDATA behind the head. */
function lineOf(type: number, rdata: Uint8Array): string | null {
  const message = concat(
    query('rpz.example', 'A').subarray(0, 12),
    nameOctets('rpz.example'),
    u16(252),
    u16(1),
    nameOctets('bad.rpz.example'),
    u16(type),
    u16(1),
    u32(60),
    u16(rdata.length),
    rdata,
  );
  message[7] = 1;
  const view = new RecordView();
  return nextRecord(message, skipQuestions(message, message.length), message.length, view) < 0
    ? null
    : recordLine(message, view);
}

t.test('a name in the data that points into its message is written in full', async (t) => {
  const zone = nameOctets('rpz.example');
  const mail = nameOctets('mail.rpz.example');
  const pointed = concat([4], new TextEncoder().encode('mail'), [0xc0, 12]);
  for (const [type, head] of [
    [15, u16(10)],
    [33, [...u16(1), ...u16(2), ...u16(3)]],
    [18, u16(1)],
  ] as const) {
    const whole = lineOf(type, concat(head, mail));
    t.match(whole, Buffer.from(mail).toString('hex'), `type ${type}`);
    t.equal(lineOf(type, concat(head, pointed)), whole, `type ${type}`);
    t.match(lineOf(type, concat(head, [0xc0, 12])), Buffer.from(zone).toString('hex'), `type ${type}`);
    t.equal(lineOf(type, concat(head, [0xc0])), null, 'half a pointer');
    t.equal(lineOf(type, concat(head)), null, 'no name');
  }
  t.match(lineOf(16, concat([5], new TextEncoder().encode('hello'))), '\\# 6 0568656c6c6f');
});

t.test(
  'for people data are written as they are in a zone file, and read back as the same octets',
  async (t) => {
    const type = { MX: 15, SRV: 33, SVCB: 64, HTTPS: 65, CAA: 257 };
    for (const text of [
      'MX 10 mail.test.',
      'MX 0 .',
      'SRV 1 2 5060 sip.test.',
      'CAA 0 issue "ca.test; a=\\"b\\""',
      'HTTPS 0 other.test.',
      'HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1,192.0.2.2 ech=AEX+DQ== ipv6hint=2001:db8::1',
      'SVCB 1 dns.test. mandatory=alpn,key667 alpn=dot no-default-alpn key667="hello\\210qoo"',
      'SVCB 2 dns.test. alpn=h2 dohpath=/dns-query{?dns} ohttp',
      'SVCB 1 . key1="\\003a,b"',
      'SVCB 1 . key1="\\002-"',
      'SVCB 1 . key9="" key700=""',
    ]) {
      const [name, ...words] = text.split(' ');
      const number = type[name as keyof typeof type];
      const rdata = rdataOf(number, wordsOf(words.join(' ')) ?? []);
      if (rdata === null) throw new Error(text);
      t.equal(rdataText(rdata, { type: number, rdata: 0, rdataLength: rdata.length }), words.join(' '));
    }
  },
);

t.test('octets of a service never throw, and what is written of them is read back', async () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.uint8Array({ maxLength: 20 })), {
        selector: ([key]) => key,
      }),
      (parameters) => {
        const sorted = parameters.sort(([a], [b]) => a - b);
        const rdata = concat(
          u16(1),
          [0],
          ...sorted.flatMap(([key, value]) => [u16(key), u16(value.length), value]),
        );
        const text = rdataText(rdata, { type: 64, rdata: 0, rdataLength: rdata.length })!;
        const back = rdataOf(64, wordsOf(text)!);
        // What may not be written is refused: a mandatory key that is not there, and the like.
        return back === null || Buffer.compare(back, rdata) === 0;
      },
    ),
  );
});
