// Days of the page's chart are those of the browser's clock, also where that is set forward or back.
import t from 'tap';

interface Step {
  readonly time: string;
  readonly endMs: number;
  readonly blocked: number;
}

const { byDay } = (await import(
  new URL('../../src/admin/page/browser/parts/chart.js', import.meta.url).href
)) as { readonly byDay: (steps: readonly Step[]) => Step[] };
const HOUR_MS = 3_600_000;
const NONE = { cached: 0, upstream: 0, own: 0, failed: 0, refused: 0 };

function daysOf(zone: string, since: string, hours: number): string[] {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    const begin = Date.parse(since);
    const steps = Array.from({ length: hours }, (_, hour) => ({
      time: new Date(begin + hour * HOUR_MS).toISOString(),
      endMs: begin + (hour + 1) * HOUR_MS,
      blocked: 1,
      ...NONE,
    }));
    return byDay(steps).map(
      ({ time, endMs, blocked }) => `${time} +${(endMs - Date.parse(time)) / HOUR_MS} h ${blocked}`,
    );
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
}

t.test(
  'a day on which the clock is set has 23 or 25 hours, and the days beside it begin at midnight',
  async (t) => {
    t.same(daysOf('Europe/Berlin', '2026-10-23T22:00:00Z', 73), [
      '2026-10-23T22:00:00.000Z +24 h 24',
      '2026-10-24T22:00:00.000Z +25 h 25',
      '2026-10-25T23:00:00.000Z +24 h 24',
    ]);
    t.same(daysOf('America/New_York', '2026-03-07T05:00:00Z', 71), [
      '2026-03-07T05:00:00.000Z +24 h 24',
      '2026-03-08T05:00:00.000Z +23 h 23',
      '2026-03-09T04:00:00.000Z +24 h 24',
    ]);
    t.same(daysOf('Asia/Kolkata', '2026-10-24T18:30:00Z', 25), [
      '2026-10-24T18:30:00.000Z +24 h 24',
      '2026-10-25T18:30:00.000Z +1 h 1',
    ]);
  },
);
