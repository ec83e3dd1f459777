// Of which time an answer speaks, against when cenote ran.
import type { OfficeDays } from '../office.ts';
import { DAY_MS } from '../world/day.ts';

/** What is noted once a minute may be lost by a kill; a restart of a second is no gap. */
const NOTED_MS = 120_000;

export async function compareCoverage({
  cenote,
  report,
  downs,
  openedMs,
  hasJumped,
  wall,
  admin,
}: OfficeDays): Promise<void> {
  // What a wrong clock said of begin and end is not known afterwards.
  if (hasJumped) return;
  for (const subject of ['history', 'hits'] as const) {
    const { from, gaps, furtherGaps } = await cenote.question({
      what: 'coverage',
      of: subject,
      sinceMs: openedMs,
    });
    const { historyDays, hitsDays } = admin.office;
    const keptMs = wall.now() - (subject === 'history' ? historyDays : hitsDays) * DAY_MS;
    const sinceMs = Math.max(openedMs, keptMs);
    const fromMs = from === null ? 0 : Date.parse(from);
    // Where the time that is kept begins while cenote did not run, it is watched from its start on.
    const down = downs.find((one) => one.fromMs - NOTED_MS <= sinceMs && one.toMs > sinceMs);
    const beganMs = down === undefined ? sinceMs : down.toMs;
    // Of the history whole days are kept.
    report.hold(
      'coverage',
      fromMs - beganMs < 1000 && sinceMs - fromMs <= DAY_MS,
      () => `${subject}: watched since ${from}`,
    );
    if (furtherGaps > 0) continue;
    for (const down of downs.filter(({ fromMs, toMs }) => toMs - fromMs > 1000 && fromMs > sinceMs))
      report.hold(
        'coverage',
        gaps.some(
          (gap) => Date.parse(gap.from) <= down.fromMs + 1000 && Date.parse(gap.to) >= down.toMs - 1000,
        ),
        () =>
          `${subject}: down from ${new Date(down.fromMs).toISOString()} to ${new Date(down.toMs).toISOString()}, said are ${JSON.stringify(gaps)}`,
        'missed',
      );
    for (const gap of gaps)
      report.hold(
        'coverage',
        downs.some(
          ({ fromMs, toMs, unstoredMs }) =>
            Date.parse(gap.from) >= fromMs - unstoredMs - NOTED_MS && Date.parse(gap.to) <= toMs + NOTED_MS,
        ),
        () => `${subject}: ran from ${gap.from} to ${gap.to}, said to be ${gap.reason}`,
      );
  }
}
