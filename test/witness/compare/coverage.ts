// Of which time an answer speaks, against when cenote ran.
import type { OfficeDays } from '../office.ts';

/** What is noted once a minute may be lost by a kill; a restart of a second is no gap. */
const NOTED_MS = 120_000;

export async function compareCoverage({
  cenote,
  report,
  downs,
  openedMs,
  hasJumped,
}: OfficeDays): Promise<void> {
  // What a wrong clock said of begin and end is not known afterwards.
  if (hasJumped) return;
  for (const subject of ['history', 'hits'] as const) {
    const { from, gaps, furtherGaps } = await cenote.question({
      what: 'coverage',
      of: subject,
      sinceMs: openedMs,
    });
    report.hold(
      'coverage',
      from !== null && Date.parse(from) - openedMs < 1000,
      () => `${subject}: watched since ${from}`,
    );
    if (furtherGaps > 0) continue;
    for (const down of downs.filter(({ fromMs, toMs }) => toMs - fromMs > 1000))
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
          ({ fromMs, toMs }) =>
            Date.parse(gap.from) >= fromMs - NOTED_MS && Date.parse(gap.to) <= toMs + NOTED_MS,
        ),
        () => `${subject}: ran from ${gap.from} to ${gap.to}, said to be ${gap.reason}`,
      );
  }
}
