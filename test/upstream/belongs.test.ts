// Whether a message is the response to our query: each row changes one thing of a response that is.
import t from 'tap';
import { JUDGEMENT, judge, judgeFolded, questionEndOf } from '../../src/upstream/belongs.ts';
import { verifiedLength } from '../../src/wire/message/verify.ts';
import { wireMessage } from '../support/wire-message.ts';

const QUERY = wireMessage({ id: 0xbeef, name: 'wWw.eXample.org' });
const END = questionEndOf(QUERY, QUERY.length);
const RESPONSE = {
  id: 0xbeef,
  flags: 0x8180,
  name: 'wWw.eXample.org',
  answers: [{ name: 'wWw.eXample.org', type: 1, rdata: [192, 0, 2, 1] }],
};
const response = (said: Partial<Parameters<typeof wireMessage>[0]> = {}): Uint8Array =>
  wireMessage({ ...RESPONSE, ...said });

/** The message with one octet put in. */
function changed(at: number, octet: number, message = response()): Uint8Array {
  const copy = message.slice();
  copy[at] = octet;
  return copy;
}

for (const [what, message, judgement] of [
  ['the response itself', response(), JUDGEMENT.accepted],
  ['another ID, first octet', changed(0, 0xbf), JUDGEMENT.foreign],
  ['another ID, second octet', changed(1, 0xee), JUDGEMENT.foreign],
  ['a query', response({ flags: 0x0100 }), JUDGEMENT.foreign],
  ['another opcode', response({ flags: 0xa180 }), JUDGEMENT.foreign],
  ['QDCOUNT 0', changed(5, 0), JUDGEMENT.foreign],
  ['QDCOUNT 2', changed(5, 2), JUDGEMENT.foreign],
  ['QDCOUNT 257', changed(4, 1), JUDGEMENT.foreign],
  ['another name', response({ name: 'wWw.eXamplf.org' }), JUDGEMENT.foreign],
  ['another type', response({ type: 28 }), JUDGEMENT.foreign],
  ['another class', response({ class: 3 }), JUDGEMENT.foreign],
  ['other letters', response({ name: 'www.example.org' }), JUDGEMENT.folded],
  ['no question', response().slice(0, 12), JUDGEMENT.foreign],
  ['TC', response({ flags: 0x8380 }), JUDGEMENT.truncated],
  ['a record that is cut', response().slice(0, -1), JUDGEMENT.malformed],
] as const)
  t.test(`${what} is judged`, async (t) => {
    t.equal(judge(message, message.length, QUERY, END), judgement);
  });

t.test(
  'over a transport nobody forges into, other letters are the response; truncated is truncated',
  async (t) => {
    const judged = (message: Uint8Array): number => judgeFolded(message, message.length, QUERY, END);
    const folded = { name: 'www.example.org' };

    t.equal(judged(response()), JUDGEMENT.accepted);
    t.equal(judged(response(folded)), JUDGEMENT.folded);
    t.equal(judged(response({ ...folded, flags: 0x8380 })), JUDGEMENT.truncated);
    t.equal(judged(response(folded).slice(0, -1)), JUDGEMENT.malformed);
  },
);

t.test('a message with another number of questions than one is no response to anything', async (t) => {
  const message = response();
  t.equal(verifiedLength(message, message.length), message.length);
  t.equal(verifiedLength(changed(5, 0), message.length), 0);
  t.equal(verifiedLength(changed(5, 2), message.length), 0);
});
