import t from 'tap';
import type { HitRecord } from '../../src/events/hit-record.ts';
import { createRing, RingWriter } from '../../src/events/ring.ts';
import { HitIntake } from '../../src/hits/hit-intake.ts';
import { hitOctets } from '../support/hits-records.ts';

t.test('equal records of one drain become one, of all rings, exactly counted', async (t) => {
  const rings = [createRing(65536), createRing(65536)];
  const writers = rings.map((ring) => new RingWriter(ring));
  const taken: HitRecord[] = [];
  const intake = new HitIntake(rings, (record) => taken.push(record));
  for (let i = 0; i < 30; i += 1) {
    const octets = hitOctets({ name: i % 3 === 0 ? 'b.example' : 'a.example' });
    writers[i % 2]!.write(octets, octets.length);
  }
  t.equal(intake.drain(), 30);
  t.same(taken.map((record) => record.count).sort(), [10, 20]);
  t.equal(intake.drain(), 0);
  writers[0]!.write(new Uint8Array(70), 70);
  intake.drain();
  t.equal(intake.garbled, 1);
});

t.test('more different hits than are folded at once all come through', async (t) => {
  const ring = createRing(1 << 20);
  const writer = new RingWriter(ring);
  let sum = 0;
  const intake = new HitIntake([ring], (record) => {
    sum += record.count;
  });
  for (let i = 0; i < 3000; i += 1) {
    const octets = hitOctets({ name: `h${i}.example` });
    writer.write(octets, octets.length);
  }
  intake.drain();
  t.equal(sum, 3000);
});
