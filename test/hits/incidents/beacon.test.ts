import t from 'tap';
import { beaconOf } from '../../../src/hits/incidents/beacon.ts';

/** Chance that repeats itself. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function timesOf(intervalOf: (random: () => number) => number, count = 40): number[] {
  const random = chance(7);
  const times = [1_000_000];
  while (times.length < count) times.push((times.at(-1) ?? 0) + intervalOf(random));
  return times;
}

const scoreOf = (times: readonly number[]) => beaconOf(times)?.score ?? -1;

t.test('a clock scores 1, jitter a little less, a person little', async (t) => {
  t.equal(scoreOf(timesOf(() => 60_000)), 1);
  t.ok(scoreOf(timesOf((random) => 60_000 * (0.9 + 0.2 * random()))) > 0.9);
  t.ok(scoreOf(timesOf((random) => 60_000 * (0.5 + random()))) > 0.6);
  t.ok(scoreOf(timesOf((random) => -Math.log(random() + 1e-9) * 300_000)) < 0.5);
});

t.test('A and AAAA asked together are one sighting, and a night asleep changes nothing', async (t) => {
  const times = timesOf(() => 60_000).flatMap((time) => [time, time + 3]);
  const night = times.map((time, i) => (i >= 40 ? time + 8 * 3_600_000 : time));
  t.match(beaconOf(night), { score: 1, intervalMs: 60_000, sightings: 40 });
});

t.test('too few sightings say nothing', async (t) => {
  t.equal(beaconOf([]), null);
  t.equal(beaconOf([1000, 61_000, 121_000]), null);
});
