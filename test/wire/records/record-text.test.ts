// Records as lines: the same record is the same line, however its message was compressed.
import t from 'tap';
import { recordLine } from '../../../src/wire/records/record-text.ts';
import { nextRecord, RecordView, skipQuestions } from '../../../src/wire/records/records.ts';
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
