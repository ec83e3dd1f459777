// Of which time a figure speaks: what the log, the hits or the history do not know of it is said beside it.
import { html } from '../kit.js';
import { number, queries, time } from '../words.js';

/** @import { LogCoverage } from '../../../../querylog/read/question.ts' */
/** @import { Coverage } from '../../../../hits/coverage.ts' */
/** @typedef {{ since: string, coverage: LogCoverage, keepsLog?: boolean, leavesHitsOut?: boolean, isHeldUp?: boolean }} OfLog what comes with each answer from the log */

const LOG_GAPS_SHOWN = 3;
const GAPS_SHOWN = 5;

/** @param {{ of: OfLog | null }} props */
export function LogKnown({ of }) {
  const said = of === null ? '' : logText(of);
  return said !== '' && html`<p class="dim">${said}</p>`;
}

/** @param {OfLog} of */
export function logText({ since, coverage, keepsLog = true, leavesHitsOut = false, isHeldUp = false }) {
  const gaps = coverage.gaps.slice(-LOG_GAPS_SHOWN).map(({ from, to }) => `${time(from)} to ${time(to)}`);
  const earlier = coverage.gaps.length - gaps.length;
  return [
    keepsLog ? '' : 'No query is logged at present (log.enabled, events.queryLog).',
    leavesHitsOut
      ? 'Neither hits nor who asked, machines and users, are in the log while it is under pseudonyms.'
      : '',
    isHeldUp ? 'The log cannot be written at present, and what was asked since is not in it yet.' : '',
    coverage.since !== null && coverage.since > since ? `The log begins ${time(coverage.since)}.` : '',
    gaps.length === 0
      ? ''
      : `Not all queries of ${gaps.join(', ')}${earlier === 0 ? '' : `, nor of ${number(earlier)} earlier ${earlier === 1 ? 'time' : 'times'},`} are in the log.`,
    coverage.lost === 0 ? '' : `Not in the log, for want of room: ${queries(coverage.lost)}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** Of hits, incidents or the history. @param {{ of: { since: string, coverage: Coverage } | null }} props */
export function Known({ of }) {
  if (of === null || of.coverage.isWhole) return null;
  const { since, coverage } = of;
  const { from, gaps, furtherGaps, lost, unnamed, waiting, gapsUnknownUntil } = coverage;
  const earlier = Math.max(0, gaps.length - GAPS_SHOWN) + furtherGaps;
  const lines = [
    from === null
      ? 'Nothing of this time is known.'
      : from > since
        ? `What was asked before ${time(from)} is not known.`
        : 'Not all of this time is known.',
    ...gaps.slice(0, GAPS_SHOWN).map(({ text }) => text),
    earlier > 0 && `Earlier times of which nothing, or not all, is known: ${number(earlier)}.`,
    gapsUnknownUntil !== null && `Before ${time(gapsUnknownUntil)} gaps were not noted.`,
    lost > 0 && `Not known, for want of room: ${queries(lost)}.`,
    unnamed > 0 &&
      `Of ${queries(unnamed)} only a name above is kept (*.NAME): too many new names on one day.`,
    waiting > 0 && `${number(waiting)} wait for the store, which takes nothing, and are not shown.`,
  ].filter((line) => line !== false);
  return html`<p class="dim">${lines.map((line, i) => html`${i > 0 && html`<br />`}${line}`)}</p>`;
}
