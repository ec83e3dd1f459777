import t from 'tap';
import { isTooFew, rate, rateIncident } from '../../../src/hits/incidents/beacon.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

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

function scoreOf(times: readonly number[]): number {
  const rated = rate(times);
  return isTooFew(rated) ? -1 : rated.score;
}

t.test('a clock scores 1, jitter a little less, a person little', async (t) => {
  t.equal(scoreOf(timesOf(() => MINUTE)), 1);
  t.ok(scoreOf(timesOf((random) => MINUTE * (0.9 + 0.2 * random()))) > 0.9);
  t.ok(scoreOf(timesOf((random) => MINUTE * (0.5 + random()))) >= 0.8);
  t.ok(scoreOf(timesOf((random) => -Math.log(random() + 1e-9) * 5 * MINUTE)) < 0.6);
});

t.test('A, AAAA and the tries of a stub are one visit: they have no rhythm of their own', async (t) => {
  const visits = [0, 17, 51].map((minutes) => minutes * MINUTE);
  t.same(rate(visits.flatMap((at) => [at, at + 5000, at + 10_000])), { visits: 3, needed: 6 });
  const page = Array.from({ length: 7 }, (_, i) => 1_000_000 + i * 1100);
  t.match(rate(page), { visits: 1 });
  const times = timesOf(() => MINUTE).flatMap((time) => [time, time + 1200, time + 5000]);
  t.match(rate(times), { score: 1, intervalMs: MINUTE, sightings: 40 });
});

t.test('nights, office hours and lost attempts hide no clock', async (t) => {
  const night = timesOf(() => MINUTE).map((time, i) => (i >= 20 ? time + 8 * HOUR : time));
  t.ok(scoreOf(night) >= 0.95);
  const office = timesOf(() => HOUR, 400).filter((time) => (time / HOUR) % 24 < 9);
  t.match(rate(office.slice(0, 64)), { intervalMs: HOUR });
  t.ok(scoreOf(office.slice(0, 64)) >= 0.9);
  const random = chance(3);
  const lossy = timesOf(() => 5 * MINUTE, 60).filter(() => random() > 0.3);
  t.ok(scoreOf(lossy) >= 0.8);
  t.match(rate(lossy), { intervalMs: 5 * MINUTE });
});

t.test('an interval of more than an hour is scored like any other', async (t) => {
  t.match(rate(timesOf(() => 90 * MINUTE, 12)), { score: 1, intervalMs: 90 * MINUTE });
});

t.test('a window that moved on forgets', async (t) => {
  const regular = timesOf(() => MINUTE, 8);
  const random = chance(11);
  const times = [...regular];
  while (times.length < 68) times.push((times.at(-1) ?? 0) + -Math.log(random() + 1e-9) * 9 * MINUTE);
  t.equal(scoreOf(regular), 1);
  t.ok(scoreOf(times.slice(-64)) < 0.6);
});

t.test('too few visits say nothing, and how many more the jitter asks for', async (t) => {
  t.same(rate([]), { visits: 0, needed: 6 });
  t.same(rate([1000, 61_000, 121_000]), { visits: 3, needed: 6 });
  const jittered = rate(timesOf((random) => MINUTE * (0.5 + random()), 8));
  t.ok(isTooFew(jittered) && jittered.needed > 8);
});

t.test('a habit of every morning is no beacon, a job that runs once a day is', async (t) => {
  t.ok(scoreOf(timesOf((random) => 24 * HOUR + (random() - 0.5) * HOUR, 20)) < 0.8);
  t.equal(scoreOf(timesOf(() => 24 * HOUR, 8)), 1);
});

t.test('a new name each time is as regular as one', async (t) => {
  const times = timesOf(() => MINUTE, 30);
  const names = times.map((time, i) => ({
    name: `n${i}.evil.example`,
    count: 1,
    visits: 1,
    firstMs: time,
    lastMs: time,
    via: null,
    timesMs: [time],
  }));
  t.match(rateIncident({ names, timesMs: times }), { score: 1, sightings: 30 });
});
