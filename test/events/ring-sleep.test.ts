// A reader sleeps while its rings are empty, and no record is left lying.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { createRing, RING_OCTETS_MIN, RingReader, RingWriter } from '../../src/events/ring.ts';
import { RingSleep } from '../../src/events/ring-sleep.ts';
import { until } from '../support/tool.ts';

const RECORD = Int32Array.of(7, 8);

t.test('the first record into one of several rings wakes, once', async (t) => {
  const rings = [createRing(RING_OCTETS_MIN), createRing(RING_OCTETS_MIN)];
  const writers = rings.map((ring) => new RingWriter(ring));
  let woken = 0;
  const sleep = new RingSleep(rings, () => {
    woken += 1;
  });

  sleep.begin();
  t.equal(woken, 0);
  for (const writer of writers) for (let i = 0; i < 3; i += 1) writer.write(RECORD, 0, 8);
  await until('it to be woken', () => woken > 0);
  t.equal(woken, 1);

  for (const ring of rings) new RingReader(ring).drain(() => true);
  sleep.begin();
  writers[0]?.write(RECORD, 0, 8);
  await until('it to be woken by the ring that woke it before', () => woken > 1);
  t.equal(woken, 2);
});

t.test('a record that is there already lets nobody sleep', async (t) => {
  const ring = createRing(RING_OCTETS_MIN);
  new RingWriter(ring).write(RECORD, 0, 8);
  let woken = 0;
  new RingSleep([ring], () => {
    woken += 1;
  }).begin();
  t.equal(woken, 1);
});

t.test('who looks by itself is woken by nothing', async (t) => {
  const ring = createRing(RING_OCTETS_MIN);
  const writer = new RingWriter(ring);
  const other = createRing(RING_OCTETS_MIN);
  let woken = 0;
  const sleep = new RingSleep([ring], () => {
    woken += 1;
  });
  sleep.begin();
  sleep.end();
  writer.write(RECORD, 0, 8);
  let later = false;
  const last = new RingSleep([other], () => {
    later = true;
  });
  last.begin();
  new RingWriter(other).write(RECORD, 0, 8);
  await until('one behind it to be woken', () => later);
  t.equal(woken, 0);
});

t.test('each of many records of another thread is read, with a sleep before each', async (t) => {
  const COUNT = 2000;
  const ring = createRing(RING_OCTETS_MIN);
  const reader = new RingReader(ring);
  let read = 0;
  const sleep = new RingSleep([ring], look);
  function look(): void {
    sleep.end();
    reader.drain(() => {
      read += 1;
    });
    sleep.begin();
  }
  look();
  const url = new URL('../../src/events/ring.ts', import.meta.url).href;
  const writer = new Worker(
    `const { workerData } = require('node:worker_threads');
     import(${JSON.stringify(url)}).then(({ RingWriter }) => {
       const writer = new RingWriter(workerData);
       const record = Int32Array.of(1, 2);
       for (let i = 0; i < ${COUNT}; i += 1) {
         while (!writer.write(record, 0, 8)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
         for (let spin = (i * 7919) % 3000; spin > 0; spin -= 1) record[1] = spin;
       }
     });`,
    { eval: true, workerData: ring },
  );
  await once(writer, 'exit');
  await until('all to be read', () => read === COUNT);
  t.equal(read, COUNT);
});
