// The log of all queries: filtered, as they come, and what can be done about a name from there.
import { ask } from './ask.js';
import { cell, element, press, rows, word } from './table.js';
import { nameOf, OUTCOMES, time } from './words.js';

const PAGE = 100;
const at = (id) => document.getElementById(id);
const FIELDS = ['client', 'name', 'outcome', 'list'];
/** The rows that are shown; once older ones were asked for, nothing comes by itself. */
let shown = [];
let isOlder = false;
let cursor = null;
let asked = 0;

const filters = () =>
  Object.fromEntries(
    FIELDS.map((field) => [field, at(`log-${field}`).value.trim()]).filter(([, value]) => value !== ''),
  );

function gotPart({ result, outcome }) {
  const said = result === 'data' ? 'answered' : (OUTCOMES[result] ?? result);
  return word(said, outcome === 'blocked' ? 'good' : outcome === 'failed' ? 'bad' : '');
}

function fromText({ from, list, rule, upstream }) {
  if (list !== null) return rule === null ? `list ${list}` : `list ${list}: ${rule}`;
  return upstream === null ? from : `${from} ${upstream}`;
}

/** What the row's button does: the other thing than what happened to the name. */
function actionOf({ outcome, name, client }, done) {
  const action = outcome === 'blocked' ? 'allow' : 'block';
  const whom = at('log-whom').value === 'machine' ? { client: client.machine } : {};
  const lasting = at('log-for').value === '' ? {} : { for: at('log-for').value };
  return press(action === 'allow' ? 'Allow' : 'Block', async () => {
    await ask('overrides', { action, name, ...whom, ...lasting, reason: 'from the log of queries' });
    await done();
  });
}

/** Rows that say the same share a key but for their number. */
function keyed(list, acts) {
  const seen = new Map();
  return list.map((row) => {
    const { time: when, count, client, name, type, result, transport } = row;
    const key = JSON.stringify([when, client.ip, name, type, result, transport]);
    const number = (seen.get(key) ?? 0) + 1;
    seen.set(key, number);
    const canBeSaid = !client.machine.startsWith('anon-') || at('log-whom').value !== 'machine';
    return [
      `${key} ${number}`,
      [
        cell(time(when), 'time'),
        cell(
          client.machine.startsWith('anon-')
            ? client.ip
            : press(nameOf(client), () => acts.machine(client.machine)),
        ),
        cell(count === 1 ? name : [name, word(` ×${count}`, 'dim')], 'name'),
        cell(type),
        cell(gotPart(row)),
        cell(fromText(row), 'name'),
        cell(row.waitedMs === null ? '–' : `${row.waitedMs} ms`, 'n'),
        cell(canBeSaid ? actionOf(row, acts.done) : ''),
      ],
    ];
  });
}

function tellCoverage({ keepsLog, coverage, since }) {
  const gaps = coverage.gaps.slice(-3).map(({ from, to }) => `${time(from)} to ${time(to)}`);
  at('log-said').textContent = [
    keepsLog ? '' : 'No query is logged at present (log.enabled, events.queryLog).',
    coverage.since !== null && coverage.since > since ? `The log begins ${time(coverage.since)}.` : '',
    gaps.length === 0 ? '' : `Not all queries of ${gaps.join(', ')} are in the log.`,
    coverage.lost === 0 ? '' : `${coverage.lost.toLocaleString()} queries found no room.`,
  ]
    .filter(Boolean)
    .join(' ');
  at('log-empty').textContent =
    coverage.since === null ? 'The log has no query yet.' : 'No query of the last 24 hours is like this.';
}

/** In the order in which they stand on one another. */
const KINDS = ['blocked', 'cached', 'upstream', 'own', 'failed', 'refused'];
const SVG = 'http://www.w3.org/2000/svg';

function drawChart(points) {
  const sums = points.map((point) => KINDS.reduce((sum, outcome) => sum + point[outcome], 0));
  const most = Math.max(1, ...sums);
  const said = JSON.stringify(points);
  if (at('chart').dataset.said === said) return;
  at('chart').dataset.said = said;
  const bars = points.flatMap((point, index) => {
    let top = 100;
    return KINDS.flatMap((outcome) => {
      const height = (100 * point[outcome]) / most;
      if (height === 0) return [];
      top -= height;
      const bar = document.createElementNS(SVG, 'rect');
      for (const [name, value] of Object.entries({ x: index, y: top, width: 0.9, height, class: outcome }))
        bar.setAttribute(name, value);
      return [bar];
    });
  });
  at('chart').setAttribute('viewBox', `0 0 ${Math.max(1, points.length)} 100`);
  at('chart').replaceChildren(...bars);
  const all = (outcome) => points.reduce((sum, point) => sum + point[outcome], 0).toLocaleString();
  at('chart').setAttribute(
    'aria-label',
    `Queries of the last 24 hours: ${KINDS.map((outcome) => `${all(outcome)} ${outcome}`).join(
      ', ',
    )}; at most ${most.toLocaleString()} in ten minutes`,
  );
  at('chart-legend').replaceChildren(
    ...KINDS.map((outcome) => element('span', `${all(outcome)} ${outcome}`, `legend ${outcome}`)),
  );
}

/** Shows the newest queries; where older ones were asked for, or nothing should come by itself, what is there stays. */
export async function refreshLog(acts, isAsked = false) {
  if (!isAsked && (!at('log-live').checked || isOlder)) return;
  asked += 1;
  const mine = asked;
  const answers = Promise.all([
    ask(`log?${new URLSearchParams({ ...filters(), limit: PAGE })}`),
    ask('charts?step=10m&since=24h'),
  ]);
  const [page, chart] = await answers.catch((error) => {
    // A log that cannot be read makes nothing else old; who searched is told beside the form.
    if (error.kind !== 'said' || isAsked) throw error;
    at('log-said').textContent = error.message;
    return [null, null];
  });
  if (page === null) return;
  if (mine !== asked) return; // the filter is another by now
  isOlder = false;
  show(page, page.rows, acts);
  drawChart(chart.points);
}

function show(page, list, acts) {
  shown = list;
  cursor = page.cursor;
  at('log-older').hidden = cursor === null;
  tellCoverage(page);
  rows('log', keyed(shown, acts));
}

/** The next page back in time, below what is shown. */
export async function showOlder(acts) {
  const page = await ask(`log?${new URLSearchParams({ ...filters(), limit: PAGE, cursor })}`);
  isOlder = true;
  show(page, [...shown, ...page.rows], acts);
}

/** What is said beside the rows changed: what their buttons do, too. */
export const againRows = (acts) => rows('log', keyed(shown, acts));

export async function refreshOverrides(done) {
  const { overrides } = await ask('overrides');
  rows(
    'overrides',
    overrides.map(({ id, action, name, client, group, reason, until, inForce }) => [
      id,
      [
        cell(action),
        cell(name, 'name'),
        cell(client ?? (group === null ? 'everybody' : `group ${group}`)),
        cell(reason ?? '–', 'name'),
        cell(until === null ? 'until it is removed' : `until ${time(until)}`, 'time'),
        cell(inForce ? 'in force' : word('not in force', 'warn')),
        cell(
          press('Take back', async () => {
            await ask(`overrides/${encodeURIComponent(id)}/remove`, {});
            await done();
          }),
        ),
      ],
    ]),
  );
}
