// The ring beside an array queue: same octets out, in order, and never one more than was accepted.
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import t from 'tap';
import { createRing, RingReader, RingWriter } from '../../src/events/ring.ts';

/** As words, with nothing behind the octets. */
function put(writer: RingWriter, octets: Uint8Array): boolean {
  const words = new Int32Array((octets.length + 3) >>> 2);
  new Uint8Array(words.buffer).set(octets);
  return writer.write(words, 0, octets.length);
}

type Step = { readonly write: Uint8Array } | { readonly drain: number };

t.test('a ring gives back what it accepted, in order, over any number of laps', async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 3, arbitrary: fc.uint8Array({ maxLength: 300 }).map((write) => ({ write })) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }).map((drain) => ({ drain })) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const buffer = createRing(1024);
      const writer = new RingWriter(buffer);
      const reader = new RingReader(buffer);
      const twin: string[] = [];
      const take = (bytes: Uint8Array, offset: number, length: number) => {
        const got = Buffer.from(bytes.subarray(offset, offset + length)).toString('hex');
        const expected = twin.shift();
        if (got !== expected) throw new Error(`read ${got}, written ${expected}`);
      };
      for (const step of steps) {
        if ('drain' in step) reader.drain(take, step.drain);
        else if (put(writer, step.write)) twin.push(Buffer.from(step.write).toString('hex'));
        else if (reader.waiting < 1024 - 2 * 304) throw new Error('refused with room left');
      }
      reader.drain(take);
      return twin.length === 0 && reader.waiting === 0;
    }),
    { numRuns: 300 },
  );
});

t.test('a ring survives its octet counts passing 2^32', async (t) => {
  const buffer = createRing(1024);
  const heads = new Int32Array(buffer, 0, 32);
  heads[0] = -512;
  heads[16] = -512;
  const writer = new RingWriter(buffer);
  const reader = new RingReader(buffer);
  let expected = 0;
  let refused = 0;
  for (let i = 0; i < 200; i += 1) {
    if (!put(writer, Uint8Array.of(i, i, i, i, i, i, i))) refused += 1;
    reader.drain((bytes, offset, length) => {
      if (length !== 7 || bytes[offset] !== expected) t.fail(`record ${expected} is wrong`);
      expected += 1;
    });
  }
  t.equal(expected, 200);
  t.equal(refused, 0);
});

t.test('a full ring refuses, changes nothing, and counts what its writer gives up', async (t) => {
  const buffer = createRing(1024);
  const writer = new RingWriter(buffer);
  const reader = new RingReader(buffer);
  let accepted = 0;
  while (put(writer, new Uint8Array(60))) accepted += 1;
  writer.countLost(3);
  t.equal(accepted, 16);
  t.equal(reader.lost, 3);
  t.equal(
    reader.drain(() => {}),
    16,
  );
  t.ok(put(writer, new Uint8Array(60)));
});

t.test('a record whose reader throws is not taken out', async (t) => {
  const buffer = createRing(1024);
  const writer = new RingWriter(buffer);
  const reader = new RingReader(buffer);
  put(writer, Uint8Array.of(1));
  t.throws(() =>
    reader.drain(() => {
      throw new Error('store is full');
    }),
  );
  t.equal(
    reader.drain(() => {}),
    1,
  );
});

t.test('another thread writes 100,000 records and all arrive', async (t) => {
  const buffer = createRing(16384);
  const url = new URL('../../src/events/ring.ts', import.meta.url).href;
  const worker = new Worker(
    `const { workerData } = require('node:worker_threads');
     import(workerData.url).then(({ RingWriter }) => {
       const writer = new RingWriter(workerData.buffer);
       const record = new Int32Array(16);
       for (let i = 0; i < 100000; i += 1) {
         record[0] = i;
         while (!writer.write(record, 0, 4 + (i % 60))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
       }
     });`,
    { eval: true, workerData: { url, buffer } },
  );
  const reader = new RingReader(buffer);
  let next = 0;
  let wrong = 0;
  const ended = new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    const look = () => {
      reader.drain((bytes, offset, length) => {
        const value =
          ((bytes[offset + 3]! << 24) |
            (bytes[offset + 2]! << 16) |
            (bytes[offset + 1]! << 8) |
            bytes[offset]!) >>>
          0;
        if (value !== next || length !== 4 + (next % 60)) wrong += 1;
        next += 1;
      });
      if (next < 100000) setImmediate(look);
      else resolve();
    };
    look();
  });
  await ended;
  t.equal(wrong, 0);
  t.equal(next, 100000);
});
