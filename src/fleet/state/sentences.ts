// What the head can prove, in sentences: how many sites have the newest policy, since when, and each that has not.
import { lasting } from '../../config/values/grouped.ts';
import { VERSION } from '../../config/version.ts';
import type { SiteState } from './site-state.ts';
import { CLOCK_MS, type SiteRow } from './site-table.ts';

interface Newest {
  readonly revision: number;
  readonly publishedMs: number;
  readonly change: string;
}

/** Sites told one by one. */
const TOLD = 20;

/** @returns the whole first, then one sentence for each site that has something else in force */
export function sentences(newest: Newest | null, rows: readonly SiteRow[], nowMs: number): string[] {
  if (newest === null) return ['Nothing is published yet: `cenote fleet publish`.'];
  const current = rows.filter(({ condition }) => condition === 'current');
  const since = Math.max(0, ...current.map(({ inForceMs }) => inForceMs ?? 0));
  const what = `Revision ${newest.revision} (${newest.change})`;
  const whole = `${what} ${howFar(current.length, rows.length, clock(since, nowMs))}`;
  const others = rows.filter(({ condition }) => condition !== 'current');
  const told = others.slice(0, TOLD).map((row) => sentenceOf(row, newest.revision, nowMs));
  const more =
    others.length > TOLD ? [`${others.length - TOLD} more sites have not told that they have it.`] : [];
  return [whole, ...told, ...more, ...ownFiles(rows, nowMs), ...twins(rows, nowMs), ...clockOfHead(rows)];
}

/** Sites under whose name two daemons tell. */
export function twins(rows: readonly SiteRow[], nowMs: number): string[] {
  return rows.flatMap(({ site, twinMs }) =>
    twinMs === null
      ? []
      : [
          `Two daemons tell by turns that they are ${site}, the other of them last at ${clock(twinMs, nowMs)}: its machine was cloned, or its data folder copied. What is said of ${site} is of one, then of the other; invite one of them under another name, without \`fleet/site.key\` and \`cenote.db\` of the copy.`,
        ],
  );
}

/** Where all sites say so, it is this head's that is wrong. */
export function clockOfHead(rows: readonly SiteRow[]): string[] {
  const clocks = rows.flatMap(({ clockMs, condition }) =>
    clockMs === null || condition === 'silent' ? [] : [clockMs],
  );
  const wrong = rows.filter(({ isClockWrong, condition }) => isClockWrong && condition !== 'silent');
  const [least, most] = [Math.min(...clocks), Math.max(...clocks)];
  if (clocks.length < 2 || wrong.length < clocks.length || most - least > CLOCK_MS) return [];
  const seconds = Math.round(Math.abs(least + most) / 2_000);
  return [
    `By the clocks of all ${clocks.length} sites that are heard, this head's is ${lasting(seconds)} ${least > 0 ? 'slow' : 'fast'}.`,
  ];
}

/** Sites whose own file has a mistake that holds nothing up. */
export function ownFiles(rows: readonly SiteRow[], nowMs: number): string[] {
  return rows.flatMap(({ site, state, clockMs, condition }) => {
    if (state?.own == null || condition === 'silent') return [];
    const { why, sinceMs } = state.own;
    const held = heldText(state.revision);
    return [
      `The own file of ${site} has had a mistake since ${clock(sinceMs - (clockMs ?? 0), nowMs)}: ${why}. What it said before holds there, beside ${held}.`,
    ];
  });
}

function howFar(current: number, all: number, since: string): string {
  if (all === 0) return 'is published; this fleet has no site yet.';
  if (current === 0)
    return all === 1 ? 'is not in force at the one site.' : `is in force at none of ${all} sites.`;
  const sites = `${current} of ${all} ${all === 1 ? 'site' : 'sites'}`;
  return `is in force at ${sites}${current === 1 ? '' : ', at the last of them'} since ${since}.`;
}

/** One that has something else than the newest. */
export function sentenceOf(
  { site, condition, sinceMs, listenedMs, state }: SiteRow,
  newest: number,
  nowMs: number,
): string {
  const since = sinceMs === null ? '' : ` since ${clock(sinceMs, nowMs)}`;
  const held = heldText(state?.revision ?? null);
  switch (condition) {
    case 'current':
      return `${site} has it.`;
    case 'heard':
      return `${site} holds ${held}.`;
    case 'silent':
      return `${site} is cut off${since} and held ${held} then.`;
    case 'refused':
      return `${site} refuses revision ${state?.refused?.revision ?? newest}${since} and holds ${held}: ${state?.refused?.why ?? ''}${releaseText(state)}`;
    case 'ahead':
      return `${site} holds ${held}${since}, which this head did not publish.`;
    case 'late':
      return `${site} is late and holds ${held}${state?.behind == null ? '' : `: ${state.behind}`}.`;
    case 'changing':
      return `${site} holds ${held}; revision ${newest} was published a moment ago.`;
    case 'expected': {
      const heard =
        listenedMs > (sinceMs ?? 0) ? ` since this head was started at ${clock(listenedMs, nowMs)}` : '';
      return `${site} was invited at ${clock(sinceMs ?? 0, nowMs)} and has not been heard of${heard}.`;
    }
  }
}

/** What one release says another may not know. */
function releaseText(state: SiteState | null): string {
  return state === null || state.version === VERSION
    ? ''
    : ` (it runs cenote ${state.version}, this head ${VERSION})`;
}

function heldText(revision: number | null): string {
  return revision === null ? 'no policy of the head' : `revision ${revision}`;
}

/** A time of today, else with its day; UTC as everywhere. */
function clock(ms: number, nowMs: number): string {
  const text = new Date(ms).toISOString();
  return text.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10)
    ? `${text.slice(11, 19)} UTC`
    : `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}
