// What names led to: each name and target once a day, of one name so many a day and as many the next.
import t from 'tap';
import { LedTargets } from '../../../src/desk/sightings/led-targets.ts';
import { addLed, LED } from '../../../src/events/led-to.ts';
import type { LedTable } from '../../../src/hits/store/led-table.ts';

const DAY_MS = 86_400_000;

/** What is written of a name that leads to these last octets of 192.0.2.0/24. */
function written(led: LedTargets, timeMs: number, lastOctets: readonly number[]): number[] {
  for (const last of lastOctets) {
    const bytes = new Uint8Array(8);
    const end = addLed(bytes, 0, LED.address, Uint8Array.of(192, 0, 2, last), 0, 4);
    led.note(1, bytes, 0, end, timeMs);
  }
  const rows: number[] = [];
  led.writeTo({ add: (target: Uint8Array) => rows.push(target.at(-1) ?? 0) } as unknown as LedTable, () => 1);
  led.written();
  return rows;
}

t.test('a pair is noted once a day, and again on each of many days', async (t) => {
  const led = new LedTargets();
  for (let day = 0; day < 60; day += 1) {
    t.same(written(led, day * DAY_MS, [1, 2]), [1, 2], `day ${day}`);
    t.same(written(led, day * DAY_MS + 1000, [1, 2]), []);
  }
});

t.test('of one name a day no more are noted than help to find it', async (t) => {
  const led = new LedTargets();
  const many = Array.from({ length: 100 }, (_, i) => i);
  t.equal(written(led, 0, many).length, 32);
  t.equal(written(led, DAY_MS, many).length, 32, 'as many on the next day');
});
