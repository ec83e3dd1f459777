// What a DoH server says to HTTP/2 frames of every kind (RFC 9113), without a socket.
import t from 'tap';
import { fuzzHttp2 } from '../../fuzz/http2.ts';
import {
  fields,
  frame,
  GET,
  getOf,
  Heard,
  POST,
  PREFACE,
  SETTINGS,
  word,
} from '../../support/http2-frames.ts';

const END = 0x5;
const [DATA, HEADERS, PRIORITY, RST, SET, PUSH, PING, GOAWAY, WINDOW, CONTINUATION] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
];

function open(streamsMax?: number): Heard {
  const heard = new Heard(streamsMax);
  heard.session.receive(Buffer.concat([PREFACE, SETTINGS]));
  heard.said();
  return heard;
}

/** `goaway CODE`, `rst STREAM CODE`, or the statuses that came. */
function outcome(heard: Heard): string {
  return heard
    .said()
    .filter(({ type, flags }) => ![WINDOW].includes(type) && !(type === SET && flags === 1))
    .map(({ type, streamId, payload }) => {
      if (type === GOAWAY) return `goaway ${payload.readUInt32BE(4)}`;
      if (type === RST) return `rst ${streamId} ${payload.readUInt32BE(0)}`;
      if (type === HEADERS) return payload[0] === 0x88 ? '200' : payload.subarray(2, 5).toString();
      return type === DATA ? `data ${payload.length}` : `type ${type}`;
    })
    .join(', ');
}

const get = (id: number): Buffer => frame(HEADERS, END, id, GET);
const post = (id: number, ...more: Buffer[]): Buffer => frame(HEADERS, 4, id, Buffer.concat([POST, ...more]));
const PSEUDO = [0x82, 0x87, 0x44, 1, 0x2f];
const junk = (...pairs: (readonly [string, string])[]): Buffer =>
  frame(HEADERS, END, 1, Buffer.concat([Buffer.from(PSEUDO), fields(...pairs)]));

const RULES: readonly (readonly [what: string, frames: Buffer[], said: string])[] = [
  ['a GET', [get(1)], '200, data 20'],
  ['a POST in two frames', [post(1), frame(DATA, 0, 1, [1]), frame(DATA, 1, 1, Buffer.alloc(19))], '200, data 20'],
  ['a POST with padding', [post(1), frame(DATA, 9, 1, [3, ...Buffer.alloc(20), 0, 0, 0])], '200, data 20'],
  ['a POST with trailers', [post(1), frame(DATA, 0, 1, [1]), frame(HEADERS, END, 1, fields(['x', 'y']))], '200, data 20'],
  ['a header section in parts', [frame(HEADERS, 1, 1, GET.subarray(0, 9)), frame(CONTINUATION, 4, 1, GET.subarray(9))], '200, data 20'],
  ['padding and priority', [frame(HEADERS, 0x2d, 1, [2, 0, 0, 0, 0, 7, ...GET, 0, 0])], '200, data 20'],
  ['an unknown frame, an unknown setting', [frame(0xee, 255, 7, [1]), frame(SET, 0, 0, [0, 99, 0, 0, 0, 1]), get(1)], '200, data 20'],
  ['a ping', [frame(PING, 0, 0, Buffer.alloc(8))], 'type 6'],
  ['an answered ping', [frame(PING, 1, 0, Buffer.alloc(8))], ''],
  ['HEAD', [frame(HEADERS, END, 1, [0x87, 0x44, 10, ...Buffer.from('/dns-query'), 0x42, 4, ...Buffer.from('HEAD')])], '405'],
  ['CONNECT', [frame(HEADERS, END, 1, [0x42, 7, ...Buffer.from('CONNECT'), 0x41, 1, 0x78])], '405, data 4'],
  ['another path', [frame(HEADERS, END, 1, getOf('/x'))], '404, data 4'],
  ['a POST without its type', [frame(HEADERS, 4, 1, POST.subarray(0, 14))], '415, data 4, rst 1 0'],
  ['a header list that is too long', [junk(...Array.from({ length: 65 }, () => ['x', 'y'] as const))], '431, data 4'],
  ['no body', [frame(HEADERS, END, 1, POST)], '400, data 4'],
  ['a stream too many', [post(1), post(3), post(5)], 'rst 5 7'],
  ['no method', [frame(HEADERS, END, 1, [0x87, 0x84])], 'rst 1 1'],
  ['a method twice', [frame(HEADERS, END, 1, [0x82, 0x82, 0x87, 0x84])], 'rst 1 1'],
  ['no path', [frame(HEADERS, END, 1, [0x82, 0x87])], 'rst 1 1'],
  ['an empty path', [frame(HEADERS, END, 1, [0x82, 0x87, 0x44, 0])], 'rst 1 1'],
  ['a pseudo field behind others', [junk(['x', 'y'], [':authority', 'x'])], 'rst 1 1'],
  ['a status in a request', [junk([':status', '200'])], 'rst 1 1'],
  ['a field of the connection', [junk(['connection', 'close'])], 'rst 1 1'],
  ['te', [junk(['te', 'gzip'])], 'rst 1 1'],
  ['te: trailers', [junk(['te', 'trailers'])], '404, data 4'],
  ['capitals in a name', [junk(['X', 'y'])], 'rst 1 1'],
  ['a line break in a value', [junk(['x', 'a\r\nb'])], 'rst 1 1'],
  ['a blank at the end of a value', [junk(['x', 'a '])], 'rst 1 1'],
  ['a shorter body than announced', [post(1, fields(['content-length', '3'])), frame(DATA, 1, 1, [1])], 'rst 1 1'],
  ['a longer one', [post(1, fields(['content-length', '1'])), frame(DATA, 0, 1, [1, 2])], 'rst 1 1'],
  ['lengths that differ', [post(1, fields(['content-length', '1'], ['content-length', '2']))], 'rst 1 1'],
  ['trailers that do not end', [post(1), frame(HEADERS, 4, 1, fields(['x', 'y']))], 'rst 1 1'],
  ['data of a stream that is answered', [get(1), frame(DATA, 1, 1, [1])], '200, data 20, goaway 5'],
  ['data behind our refusal', [frame(HEADERS, 4, 1, POST.subarray(0, 14)), frame(DATA, 1, 1, [1])], '415, data 4, rst 1 0'],
  ['a number twice', [get(1), get(1)], '200, data 20, goaway 5'],
  ['an even number', [get(2)], 'goaway 1'],
  ['stream 0', [get(0)], 'goaway 1'],
  ['data of an idle stream', [frame(DATA, 1, 1, [1])], 'goaway 1'],
  ['padding longer than its frame', [post(1), frame(DATA, 9, 1, [9, 1])], 'goaway 1'],
  ['data with padding of no length, the last that came', [post(1), frame(DATA, 9, 1)], 'goaway 6'],
  ['the same of a header section', [frame(HEADERS, 0xd, 1)], 'goaway 6'],
  ['another frame between parts', [frame(HEADERS, 1, 1, GET), frame(PING, 0, 0, Buffer.alloc(8))], 'goaway 1'],
  ['parts of nothing', [frame(CONTINUATION, 4, 1, GET)], 'goaway 1'],
  ['parts without end', [frame(HEADERS, 1, 1), ...Array.from({ length: 16 }, () => frame(CONTINUATION, 0, 1))], 'goaway 11'],
  ['too long a section', [frame(HEADERS, 1, 1, Buffer.alloc(16_384)), frame(CONTINUATION, 0, 1, Buffer.alloc(16_384)), frame(CONTINUATION, 0, 1, [1])], 'goaway 11'],
  ['an index that is not there', [frame(HEADERS, END, 1, [0xff, 0x40])], 'goaway 9'],
  ['a table that is too large', [frame(HEADERS, END, 1, [0x3f, 0xe2, 0x1f])], 'goaway 9'],
  ['a table size behind a field', [frame(HEADERS, END, 1, [0x82, 0x20])], 'goaway 9'],
  ['a string longer than its block', [frame(HEADERS, END, 1, [0x44, 9])], 'goaway 9'],
  ['an integer without end', [frame(HEADERS, END, 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff])], 'goaway 9'],
  ['wrong bits at the end of a string', [frame(HEADERS, END, 1, [0x44, 0x81, 0x00])], 'goaway 9'],
  ['the end of strings in one', [frame(HEADERS, END, 1, [0x44, 0x84, 0xff, 0xff, 0xff, 0xff])], 'goaway 9'],
  ['a promise', [frame(PUSH, 4, 1, word(2))], 'goaway 1'],
  ['a frame longer than we take', [frame(DATA, 0, 1, Buffer.alloc(16_385))], 'goaway 6'],
  ['settings of a stream', [frame(SET, 0, 1)], 'goaway 1'],
  ['half a setting', [frame(SET, 0, 0, [0, 1, 0])], 'goaway 6'],
  ['an acknowledgement with settings', [frame(SET, 1, 0, [0, 1, 0, 0, 0, 0])], 'goaway 6'],
  ['a window that is too large', [frame(SET, 0, 0, [0, 4, 0x80, 0, 0, 0])], 'goaway 3'],
  ['frames that are too small', [frame(SET, 0, 0, [0, 5, 0, 0, 0, 1])], 'goaway 1'],
  ['push that is neither on nor off', [frame(SET, 0, 0, [0, 2, 0, 0, 0, 2])], 'goaway 1'],
  ['a short ping', [frame(PING, 0, 0, [1])], 'goaway 6'],
  ['a ping of a stream', [frame(PING, 0, 1, Buffer.alloc(8))], 'goaway 1'],
  ['a window wider by nothing', [frame(WINDOW, 0, 0, word(0))], 'goaway 1'],
  ['a window that overflows', [frame(WINDOW, 0, 0, word(0x7fffffff))], 'goaway 3'],
  ['the same of a stream', [post(1), frame(WINDOW, 0, 1, word(0x7fffffff))], 'rst 1 3'],
  ['a window of an idle stream', [frame(WINDOW, 0, 1, word(1))], 'goaway 1'],
  ['a reset of an idle stream', [frame(RST, 0, 1, word(8))], 'goaway 1'],
  ['a reset of another length', [post(1), frame(RST, 0, 1, [1])], 'goaway 6'],
  ['a priority of itself', [frame(PRIORITY, 0, 1, [0, 0, 0, 1, 7])], 'rst 1 1'],
  ['a short priority', [frame(PRIORITY, 0, 1, [0])], 'rst 1 6'],
  ['a farewell', [frame(GOAWAY, 0, 0, Buffer.alloc(8))], ''],
  ['too many frames that ask nothing', Array.from({ length: 1_001 }, () => frame(PRIORITY, 0, 1, [0, 0, 0, 3, 7])), 'goaway 11'],
  ['resets over and over', Array.from({ length: 201 }, (_, i) => Buffer.concat([post(2 * i + 1), frame(RST, 0, 2 * i + 1, word(8))])), 'goaway 11'],
  ['faults over and over', Array.from({ length: 201 }, (_, i) => frame(HEADERS, END, 2 * i + 1, [0x82])), [...Array.from({ length: 201 }, (_, i) => `rst ${2 * i + 1} 1`), 'goaway 11'].join(', ')],
]; // biome-ignore format: a row a line

t.test('each frame gets what the RFC says', async (t) => {
  const wrong = RULES.map(([what, frames, wanted]) => {
    const heard = open(2);
    heard.session.receive(Buffer.concat(frames));
    return { what, wanted, found: outcome(heard) };
  }).filter(({ wanted, found }) => wanted !== found);
  t.same(wrong, []);
});

t.test('a connection that does not begin as one is ended', async (t) => {
  const strange = new Heard();
  strange.session.receive(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  t.match(outcome(strange), /goaway 1$/);
  const rude = new Heard();
  rude.session.receive(Buffer.concat([PREFACE, get(1)]));
  t.match(outcome(rude), /goaway 1$/, 'SETTINGS come first');
});

t.test(
  'requests and their names in Huffman code and in the table are read as RFC 7541 C.4 has them',
  async (t) => {
    const heard = open();
    const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
    // www.example.com enters the table; then no-cache; then custom-key: custom-value, and :path /index.html.
    const blocks = [
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      '8286 84be 5886 a8eb 1064 9cbf',
      '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    ];
    for (const [i, block] of blocks.entries())
      heard.session.receive(frame(HEADERS, END, 2 * i + 1, hex(block)));
    t.equal(outcome(heard), '404, data 4, 404, data 4, 404, data 4');
    // The table now has custom-key (62), cache-control (63), :authority (64), and no more.
    heard.session.receive(
      frame(HEADERS, END, 7, Buffer.concat([Buffer.from([0x82, 0x87, 0x84, 0xc0, 0xbf, 0xbe])])),
    );
    t.equal(outcome(heard), '404, data 4');
    heard.session.receive(frame(HEADERS, END, 9, [0x82, 0x87, 0x84, 0xc1]));
    t.equal(outcome(heard), 'goaway 9');
  },
);

t.test('a message is asked as it was sent, whatever window the client leaves for the answer', async (t) => {
  const heard = open();
  heard.replyOctets = 40_000;
  heard.session.receive(Buffer.concat([frame(SET, 0, 0, [0, 4, 0, 0, 0, 10]), get(1)]));
  t.same(heard.asked, [Buffer.from('00000100000100000000000000000100 01'.replaceAll(' ', ''), 'hex')]);
  t.equal(outcome(heard), '200, data 10');
  t.equal(heard.waitingOctets, 39_990);
  heard.session.receive(frame(WINDOW, 0, 1, word(20_000)));
  t.equal(outcome(heard), 'data 16384, data 3616');
  heard.session.receive(frame(SET, 0, 0, [0, 4, 0, 0, 0xff, 0xff]));
  t.equal(outcome(heard), 'data 16384, data 3606');
  t.equal(heard.waitingOctets, 0);
  t.equal(heard.session.streams.open, 0);
});

t.test('a client that keeps no table is told that ours is empty, once', async (t) => {
  const heard = open();
  heard.session.receive(Buffer.concat([frame(SET, 0, 0, [0, 1, 0, 0, 0, 0]), get(1), get(3)]));
  const blocks = heard.said().filter(({ type }) => type === HEADERS);
  t.same(
    blocks.map(({ payload }) => [...payload.subarray(0, 2)].map((octet) => octet.toString(16))),
    [
      ['20', '88'],
      ['88', 'f'],
    ],
  );
});

t.test(
  'an answer to what was broken off goes nowhere, and its stream is not used again meanwhile',
  async (t) => {
    const heard = open();
    heard.isLate = true;
    heard.session.receive(Buffer.concat([get(1), frame(RST, 0, 1, word(8)), get(3)]));
    heard.said();
    t.equal(heard.reply(heard.held[0]!), false);
    t.equal(heard.reply(heard.held[1]!), true);
    t.equal(outcome(heard), '200, data 20');
  },
);

t.test('once we say that we end, what is in flight is answered and nothing new is taken', async (t) => {
  const heard = open();
  heard.isLate = true;
  heard.session.receive(get(1));
  heard.session.finish();
  heard.session.receive(get(3));
  heard.reply(heard.held[0]!);
  t.equal(outcome(heard), 'goaway 0, 200, data 20');
  t.equal(heard.asked.length, 1);
});

t.test('what comes on streams after our farewell is passed over, and the rest is answered', async (t) => {
  const heard = open();
  heard.isLate = true;
  heard.session.receive(get(1));
  heard.session.finish();
  const body = [frame(DATA, 0, 3, [1]), frame(WINDOW, 0, 3, word(1)), frame(DATA, 1, 3, [2])];
  heard.session.receive(Buffer.concat([post(3), ...body, frame(RST, 0, 3, word(8))]));
  heard.reply(heard.held[0]!);
  t.equal(outcome(heard), 'goaway 0, 200, data 20');
  heard.session.receive(frame(PUSH, 4, 1, word(2)));
  t.match(
    heard.said().map(({ payload }) => payload.readUInt32BE(0)),
    [1],
    'a second farewell names no later stream than the first',
  );
});

t.test(
  'a body that is to come is called for once, by octets of the window, and none too many are given',
  async (t) => {
    const heard = open();
    const called = (): (readonly [number, number])[] => {
      heard.session.callForBody();
      return heard.said().flatMap(({ type, streamId, payload }) => {
        return type === WINDOW ? [[streamId, payload.readUInt32BE(0)] as const] : [];
      });
    };
    heard.session.receive(post(1));
    t.same(called(), [[0, 1]]);
    t.same(called(), []);
    heard.session.receive(Buffer.concat([frame(DATA, 1, 1, Buffer.alloc(20)), post(3)]));
    t.same(called(), [], 'the answer says enough');
    t.same(called(), [[0, 19]], 'what came, less what was given before');
    heard.session.receive(Buffer.concat([frame(DATA, 1, 3, Buffer.alloc(20)), get(5)]));
    heard.said();
    t.same(called(), []);
  },
);

t.test('a value that the table keeps is not copied once for each octet that names it', async (t) => {
  const heard = open();
  const value = 'a'.repeat(3_900);
  const length = [0x7f, ...[value.length - 127].flatMap((left) => [(left & 127) | 128, left >> 7])];
  const name = Buffer.from('x-forwarded-for');
  const entry = Buffer.concat([
    Buffer.from([0x40, name.length]),
    name,
    Buffer.from(length),
    Buffer.from(value),
  ]);
  heard.session.receive(frame(HEADERS, END, 1, Buffer.concat([Buffer.from(PSEUDO), entry])));
  t.equal(outcome(heard), '404, data 4');
  heard.session.receive(frame(HEADERS, END, 3, [0x82, 0x87, 0x84, ...new Array(12_000).fill(0xbe)]));
  t.equal(outcome(heard), '431, data 4');
  t.ok((heard.head.forwarding?.['x-forwarded-for']?.length ?? 0) < 40_000);
});

t.test(
  'mutated frames: nothing thrown, nothing left over, and cut as you like they mean the same',
  async (t) => {
    t.same(fuzzHttp2(400, 19).faults, []);
  },
);
