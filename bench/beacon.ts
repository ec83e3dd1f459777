// How well the beacon score tells machines from people, beside RITA's recipe: `npm run beacons`. Simulated series, seeded: the
// same figures each time. Found is "score ≥ 0.8".
import { BEACON_SCORE, isTooFew, rate } from '../src/hits/incidents/beacon.ts';
import { ritaScore } from './beacon/rita.ts';
import { type BeaconKind, beaconTimes, type Random, RHYTHMS, seeded } from './beacon/series.ts';

const SERIES = Number(process.argv[2] ?? 200);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const INTERVALS: readonly (readonly [string, number])[] = [
  ['30 s', 30_000],
  ['5 min', 5 * MINUTE],
  ['30 min', 30 * MINUTE],
  ['90 min', 90 * MINUTE],
  ['4 h', 4 * HOUR],
  ['24 h', 24 * HOUR],
];
const JITTERS = [0, 0.1, 0.3, 0.5];
const LOSSES = [0, 0.1, 0.3];
const HOURS: readonly BeaconKind['hours'][] = ['always', 'nights off', 'office'];

const SCORERS: Readonly<Record<string, (timesMs: readonly number[]) => number | null>> = {
  cenote: (timesMs) => {
    const rated = rate(timesMs);
    return isTooFew(rated) ? null : rated.score;
  },
  'RITA, 30 s': (timesMs) => ritaScore(timesMs, 'fixed'),
  'RITA, relative': (timesMs) => ritaScore(timesMs, 'relative'),
};
type Scorer = (timesMs: readonly number[]) => number | null;

function shareFound(series: readonly (readonly number[])[], score: Scorer): number {
  return series.filter((times) => (score(times) ?? 0) >= BEACON_SCORE).length / series.length;
}

const percent = (share: number): string =>
  `${(100 * share).toFixed(share > 0 && (share < 0.01 || (share > 0.99 && share < 1)) ? 2 : 0)} %`;
const row = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);

function table(head: readonly string[]): void {
  row(head);
  row(head.map((_, i) => (i === 0 ? '---' : '---:')));
}

function make(of: (random: Random) => number[], random: Random, count = SERIES): number[][] {
  return Array.from({ length: count }, () => of(random));
}

const random = seeded(2023);
const beacons: number[][] = [];
console.log(`Found of ${SERIES} beacons each (cenote, score ≥ ${BEACON_SCORE}):\n`);
table(['hours, loss, jitter', ...INTERVALS.map(([text]) => text)]);
for (const hours of HOURS)
  for (const loss of LOSSES)
    for (const jitter of JITTERS) {
      const cells = INTERVALS.map(([, intervalMs]) => {
        const series = make((chance) => beaconTimes({ intervalMs, jitter, loss, hours }, chance), random);
        // A day apart and jittered is what people do too: told apart by nobody.
        if (intervalMs <= 4 * HOUR) beacons.push(...series);
        return percent(shareFound(series, SCORERS['cenote']!));
      });
      row([`${hours}, ${percent(loss)}, ±${percent(jitter)}`, ...cells]);
    }

const people = Object.entries(RHYTHMS).map(([name, of]) => [name, make(of, random, 10 * SERIES)] as const);
console.log(`\nTaken for beacons of ${10 * SERIES} series of people each:\n`);
table(['rhythm', ...Object.keys(SCORERS)]);
for (const [name, series] of people)
  row([name, ...Object.values(SCORERS).map((score) => percent(shareFound(series, score)))]);

console.log('\nAll beacons of up to 4 h, all people, as many of either:\n');
table(['scorer', 'recall', 'precision']);
const crowd = people.flatMap(([, series]) => series);
for (const [name, score] of Object.entries(SCORERS)) {
  const found = shareFound(beacons, score);
  const wrong = shareFound(crowd, score);
  row([name, percent(found), percent(found / (found + wrong))]);
}
