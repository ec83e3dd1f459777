// Two charts, drawn as SVG: queries by how they ended, and when a machine asked. Each says in words what it shows.
//
// uPlot (51 kB) draws on a canvas, which says nothing to a screen reader and takes no keys; a stack of bars needs a plugin there too.
import { html, useMemo } from '../kit.js';
import { duration, number, time } from '../words.js';
import { LogKnown } from './known.js';

/** @import { OfLog } from './known.js' */

/** In the order in which they stand on one another. */
export const KINDS = /** @type {const} */ (['blocked', 'cached', 'upstream', 'own', 'failed', 'refused']);
/** @type {Record<string, string>} */
export const KIND_WORDS = {
  blocked: 'blocked',
  cached: 'from the cache',
  upstream: 'from upstreams',
  own: 'own answers',
  failed: 'failed',
  refused: 'refused',
};
const HEIGHT = 100;

/** @typedef {{ time: string } & Record<typeof KINDS[number], number>} Point */
/** @typedef {Point & { endMs: number }} Step one of the chart, with where it ends */

/** @param {Point} point */
const sumOf = (point) => KINDS.reduce((sum, kind) => sum + point[kind], 0);

/** @typedef {OfLog & { offset: number, points: readonly Point[] }} Chart as the API gives it */

/** @param {{ of: Chart, stepMs: number, isByDay?: boolean, span: string, step: string }} props `isByDay`: whatever the log counted by, days are shown */
export function Outcomes({ of, stepMs, isByDay = false, span, step }) {
  const points = useMemo(() => {
    const all = filled(of, stepMs);
    return isByDay ? byDay(all) : all;
  }, [of, stepMs, isByDay]);
  const isCut = useMemo(() => cutBy(of.coverage.gaps), [of]);
  const { most, paths, totals } = useMemo(() => drawn(points), [points]);
  const words = KINDS.filter((kind) => (totals[kind] ?? 0) > 0).map(
    (kind) => `${number(totals[kind] ?? 0)} ${KIND_WORDS[kind]}`,
  );
  return html`<figure>
    <svg class="chart" role="img" preserveAspectRatio="none" viewBox=${`0 0 ${Math.max(1, points.length)} ${HEIGHT}`}
      aria-label=${`Queries of the last ${span}: ${words.length === 0 ? 'none' : `${words.join(', ')}; at most ${number(most)} in ${step}`}`}>
      <path class="unknown" d=${points.map((point, index) => (isCut(point) ? `M${index} 0h1v${HEIGHT}h-1z` : '')).join('')} />
      ${paths.map(({ kind, d }) => html`<path class=${kind} d=${d} />`)}
    </svg>
    <figcaption>
      ${KINDS.map((kind) => html`<span class=${`legend ${kind}`}>${number(totals[kind] ?? 0)} ${KIND_WORDS[kind]}</span>`)}
      ${words.length > 0 && html`<span>highest: ${number(most)} in ${step}</span>`}
      ${points.some(isCut) && html`<span class="legend unknown">not all is known</span>`}
    </figcaption>
    <${LogKnown} of=${of} />
    <details>
      <summary>The same as a table</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Queries by time"><table class="figures">
        <thead><tr><th scope="col">From</th>${KINDS.map((kind) => html`<th scope="col" class="n">${KIND_WORDS[kind]}</th>`)}</tr></thead>
        <tbody>${points
          .filter((point) => sumOf(point) > 0 || isCut(point))
          .slice(-144)
          .map(
            (point) =>
              html`<tr key=${point.time}><th scope="row">${time(point.time)}${isCut(point) && ' (not all is known)'}</th>${KINDS.map((kind) => html`<td class="n">${number(point[kind])}</td>`)}</tr>`,
          )}</tbody>
      </table></div>
    </details>
  </figure>`;
}

/**
 * Times in which nothing was asked are not among what the log gives.
 * @param {Chart} of @param {number} stepMs
 * @returns {Step[]}
 */
function filled({ points: given, since, offset }, stepMs) {
  const offsetMs = offset * 60_000;
  const slotOf = (/** @type {number} */ ms) => Math.floor((ms + offsetMs) / stepMs);
  const slot = (/** @type {string} */ iso) => slotOf(Date.parse(iso));
  const bySlot = new Map(given.map((point) => [slot(point.time), point]));
  const first = slot(since);
  const last = Math.max(first, slotOf(Date.now()), ...bySlot.keys());
  return Array.from({ length: Math.min(2000, last - first + 1) }, (_, index) => {
    const beginMs = (first + index) * stepMs - offsetMs;
    const none = /** @type {Point} */ ({
      time: new Date(beginMs).toISOString(),
      ...Object.fromEntries(KINDS.map((kind) => [kind, 0])),
    });
    return { ...(bySlot.get(first + index) ?? none), endMs: beginMs + stepMs };
  });
}

/** Steps of the same day of the browser's clock as one. @param {readonly Step[]} steps */
export function byDay(steps) {
  /** @type {Step[]} */
  const days = [];
  for (const step of steps) {
    const last = days.at(-1);
    if (last === undefined || dayOf(last) !== dayOf(step)) days.push({ ...step });
    else {
      for (const kind of KINDS) last[kind] += step[kind];
      last.endMs = step.endMs;
    }
  }
  return days;
}

/** @param {Point} point */
const dayOf = ({ time: iso }) => new Date(iso).toDateString();

/** Whether a time without a log reaches into a step. @param {OfLog['coverage']['gaps']} gaps */
function cutBy(gaps) {
  const spans = gaps.map(({ from, to }) => [Date.parse(from), Date.parse(to)]);
  return (/** @type {Step} */ { time: iso, endMs }) => {
    const at = Date.parse(iso);
    return spans.some(([from = 0, to = 0]) => from < endMs && to > at);
  };
}

/** One path a kind, so that a day is six elements. @param {readonly Point[]} points */
function drawn(points) {
  const most = Math.max(1, ...points.map(sumOf));
  const totals = /** @type {Record<string, number>} */ (
    Object.fromEntries(KINDS.map((kind) => [kind, points.reduce((sum, point) => sum + point[kind], 0)]))
  );
  const tops = points.map(() => HEIGHT);
  const paths = KINDS.map((kind) => {
    const d = points
      .map((point, index) => {
        const height = (HEIGHT * point[kind]) / most;
        if (height === 0) return '';
        const top = (tops[index] ?? HEIGHT) - height;
        tops[index] = top;
        return `M${index} ${top.toFixed(2)}h.9v${height.toFixed(2)}h-.9z`;
      })
      .join('');
    return { kind, d };
  });
  return { most, paths, totals };
}

const WIDTH = 600;
const BEACON_HEIGHT = 120;

/**
 * Each visit as a dot: when it was, and how long after the one before. A beacon is a level line.
 * @param {{ times: readonly string[], beacon: { score: number, intervalMs: number, sightings: number } | null }} props
 */
export function Visits({ times, beacon }) {
  if (times.length < 3) return html`<p class="dim">Too few visits for a chart.</p>`;
  const at = times.map((iso) => Date.parse(iso));
  const gaps = at.slice(1).map((ms, index) => ms - (at[index] ?? ms));
  const first = at[0] ?? 0;
  const span = Math.max(1, (at.at(-1) ?? 0) - first);
  const most = Math.max(1, ...gaps);
  const said = `${number(times.length)} visits from ${time(times[0])} to ${time(times.at(-1))}; the longest pause ${duration(most / 1000)}`;
  const d = gaps
    .map((gap, index) => {
      const x = ((at[index + 1] ?? first) - first) / span;
      return `M${(4 + x * (WIDTH - 8)).toFixed(1)} ${(BEACON_HEIGHT - 6 - (gap / most) * (BEACON_HEIGHT - 12)).toFixed(1)}h0`;
    })
    .join('');
  return html`<figure>
    <svg class="chart dots" role="img" viewBox=${`0 0 ${WIDTH} ${BEACON_HEIGHT}`} aria-label=${`When it asked: ${said}`}>
      <path d=${d} />
    </svg>
    <figcaption>
      <span>Each dot is a visit; its height is the pause before it, up to ${duration(most / 1000)}.</span>
      ${beacon !== null && html`<span>Beacon score ${beacon.score.toFixed(2)} (1 is a clock), about every ${duration(beacon.intervalMs / 1000)}.</span>`}
    </figcaption>
  </figure>`;
}
