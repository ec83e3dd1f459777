// The log of all queries: filtered, as they come, page by page, and what can be done about a name from there.
import { ask, askFile, follow, queryOf } from '../ask.js';
import { html, useEffect, useRef, useState } from '../kit.js';
import { failureText, noteFailure, useAsk, useLive } from '../live.js';
import { act } from '../parts/act.js';
import { byLabels, download, Machine, Said, Section, Time, useAttempt } from '../parts/bits.js';
import { Outcomes } from '../parts/chart.js';
import { LogKnown, logText } from '../parts/known.js';
import { EMPTY, filterOf, hashOf } from '../parts/log-address.js';
import { Most } from '../parts/ranking.js';
import { Pages, Table } from '../parts/table.js';
import { number, OUTCOMES, offset } from '../words.js';

/** @import { LogRow, LogCoverage } from '../../../../querylog/read/question.ts' */
/** @typedef {{ rows: LogRow[], cursor: string | null, keepsLog: boolean, leavesHitsOut: boolean, isHeldUp: boolean, since: string, coverage: LogCoverage }} Page */
/** @import { OfLog } from '../parts/known.js' */
/** @import { Filter } from '../parts/log-address.js' */

const PAGE = 100;
const SHOW_MS = 500;
/** @type {Record<string, [string, string]>} */
const SPANS = {
  '1h': ['the last hour', '10m'],
  '24h': ['the last 24 hours', '10m'],
  '7d': ['the last 7 days', '1h'],
  '30d': ['the last 30 days', '1d'],
};
/** As asked for, and in words. Days are those of the browser's clock, made of hours: where it is set there are 23 or 25 of them. @type {Record<string, [number, string]>} */
const STEPS = { '10m': [600_000, 'ten minutes'], '1h': [3_600_000, 'an hour'], '1d': [3_600_000, 'a day'] };
const KINDS = ['blocked', 'cached', 'upstream', 'own', 'failed', 'refused', 'nxdomain'];

export function View() {
  const { hash } = location;
  const [filter, setFilter] = useState(filterOf(hash));
  const [isLive, setLive] = useState(filter.until === '');
  // A link to other queries, or the browser's way back, while the log is shown: the page draws it anew for each address.
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const next = filterOf(hash);
    if (!/^#\/?log\b/.test(hash) || hashOf(next) === hashOf(filter)) return;
    setFilter(next);
    setLive(next.until === '');
    setTurn((before) => before + 1);
  }, [hash]);
  const rows = useRows(filter, isLive);
  const [span = '', step = '10m'] = SPANS[filter.since] ?? [];
  const charts = useAsk(
    span === ''
      ? null
      : `charts?step=${step === '1d' ? '1h' : step}&since=${filter.since}&offset=${offset()}`,
    {
      everyMs: 15_000,
    },
  );
  return html`
    ${
      charts.data !== null &&
      html`<${Section} title=${`All queries of ${span}`}>
      <${Outcomes} of=${charts.data} stepMs=${STEPS[step]?.[0]} isByDay=${step === '1d'} span=${span.replace('the last ', '')} step=${STEPS[step]?.[1]} />
    <//>`
    }
    <${Section} title="Queries" aside=${html`<${Exports} filter=${filter} />`}>
      <${Filters} key=${turn} filter=${filter} setFilter=${(/** @type {Filter} */ next) => {
        setLive(false);
        setFilter(next);
        // To be loaded again, sent on and come back to; no step of the way back by itself.
        history.replaceState(history.state, '', hashOf(next));
      }} isLive=${isLive} setLive=${setLive} />
      <${Said} text=${rows.failure} />
      <${LogKnown} of=${rows.page} />
      ${rows.missed > 0 && html`<p class="dim" role="status">More came than can be followed: ${number(rows.missed)} are not shown here; the log has them.</p>`}
      <${Table} title="Queries" failure=${rows.failure} rows=${rows.rows} keyOf=${keyOf} columns=${COLUMNS} pageRows=${1000}
        empty=${rows.page?.coverage.since === null && !rows.page.isHeldUp ? 'The log has no query yet.' : 'No query of that time is like this.'} />
      ${rows.page !== null && !isLive && html`<${Pages} title="Queries" from=${rows.from} to=${rows.from + (rows.rows?.length ?? 0)} of=${null} back=${rows.back} on=${rows.on} />`}
      ${isLive && rows.page?.cursor != null && html`<button type="button" onClick=${() => setLive(false)}>Stop here and page back in time</button>`}
    <//>
    <${Most} since=${filter.since} span=${span} />`;
}

/**
 * A page of rows, or the newest with those that come.
 * @param {Filter} filter @param {boolean} isLive
 */
function useRows(filter, isLive) {
  const { connection } = useLive();
  const [page, setPage] = useState(/** @type {Page | null} */ (null));
  const [fresh, setFresh] = useState(/** @type {LogRow[]} */ ([]));
  const [cursors, setCursors] = useState(/** @type {string[]} */ ([]));
  const [failure, setFailure] = useState('');
  const [missed, setMissed] = useState(0);
  const turn = useRef(0);
  const query = queryOf({ ...filter, limit: PAGE, cursor: isLive ? '' : (cursors.at(-1) ?? '') });
  const isConnected = connection.kind === 'live';
  useEffect(() => setCursors([]), [filter, isLive]);
  useEffect(() => {
    if (!isConnected) return undefined;
    turn.current += 1;
    const mine = turn.current;
    const ends = new AbortController();
    const show = async () => {
      try {
        // Where the stream begins is asked before the rows: what comes meanwhile is in both, and shown once.
        const after = isLive ? await tailEnd(filter, ends.signal) : 0;
        const answer = await /** @type {Promise<Page>} */ (ask(`log${query}`, undefined, ends.signal));
        if (mine !== turn.current) return;
        setFailure('');
        setFresh([]);
        setMissed(0);
        setPage(answer);
        const shown = new Set(answer.rows.map(keyOf));
        if (isLive)
          await keepAsking(filter, after, ends.signal, (rows, more) => {
            const others = rows.filter((row) => !shown.has(keyOf(row)));
            setFresh((before) => [...others.toReversed(), ...before].slice(0, PAGE));
            setMissed((before) => before + more);
          });
      } catch (error) {
        if (ends.signal.aborted || mine !== turn.current) return;
        noteFailure(error);
        setFailure(failureText(error));
      }
    };
    void show();
    return () => ends.abort();
  }, [query, isLive, isConnected]);
  const rows = page === null ? null : [...fresh, ...page.rows].slice(0, isLive ? PAGE : undefined);
  return {
    page,
    rows,
    failure,
    missed,
    from: cursors.length * PAGE,
    back: cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : null,
    on: page?.cursor == null ? null : () => setCursors([...cursors, page.cursor ?? '']),
  };
}

/** The last batch that there is. @param {Filter} filter @param {AbortSignal} signal */
async function tailEnd(filter, signal) {
  const path = `log/tail${queryOf({ ...filter, since: '', until: '' })}`;
  return (await /** @type {Promise<{ after: number }>} */ (ask(path, undefined, signal))).after;
}

/**
 * What comes from now on, until the signal ends; shown in one go twice a second.
 * @param {Filter} filter @param {number} after the last batch that is not wanted @param {AbortSignal} signal
 * @param {(rows: LogRow[], missed: number) => void} told rows, the oldest first, and how many came that are not among them
 */
async function keepAsking(filter, after, signal, told) {
  /** @type {LogRow[]} */
  let waiting = [];
  let missed = 0;
  const timer = setInterval(() => {
    if (signal.aborted || waiting.length + missed === 0) return;
    told(waiting.splice(0), missed);
    missed = 0;
  }, SHOW_MS);
  try {
    await follow(
      `log/stream${queryOf({ ...filter, since: '', until: '', after: String(after) })}`,
      (/** @type {LogRow | { missed: number }} */ said, type) => {
        if ('missed' in said) missed += said.missed;
        else if (type === 'query') waiting = [...waiting, said].slice(-PAGE);
      },
      signal,
    );
  } finally {
    clearInterval(timer);
  }
}

/** @param {LogRow} row */
const keyOf = ({ time: when, client, name, type, result, transport }) =>
  JSON.stringify([when, client.ip, name, type, result, transport]);

/** @type {import('../parts/table.js').Column<LogRow>[]} */
const COLUMNS = [
  { label: 'Time', kind: 'time', cell: (row) => html`<${Time} iso=${row.time} />` },
  {
    label: 'Machine',
    kind: 'name',
    cell: ({ client }) => html`<${Machine} client=${client} machine=${client.machine} isShort />`,
  },
  {
    label: 'Name',
    kind: 'name',
    cell: ({ name, count }) =>
      html`${byLabels(name)}${count > 1 && html` <span class="dim">×${number(count)}</span>`}`,
  },
  { label: 'Type', cell: ({ type }) => type },
  {
    label: 'Got',
    cell: ({ result, outcome }) =>
      html`<span class=${outcome === 'blocked' ? 'good' : outcome === 'failed' ? 'bad' : ''}>${result === 'data' ? 'answered' : (OUTCOMES[result] ?? result)}</span>`,
  },
  { label: 'From', kind: 'name', cell: fromText },
  { label: 'Waited', kind: 'n', cell: ({ waitedMs }) => (waitedMs === null ? '–' : `${waitedMs} ms`) },
  { label: 'Action', cell: (row) => html`<${Action} row=${row} />` },
];

/** @param {LogRow} row */
function fromText({ from, list, rule, upstream }) {
  if (list !== null) return rule === null ? `list ${list}` : html`list ${list}: ${byLabels(rule)}`;
  if (from === 'nobody') return upstream === null ? 'no upstream answered' : `no answer from ${upstream}`;
  return upstream === null ? from : `${from} ${upstream}`;
}

/** The other thing than what happened to the name. @param {{ row: LogRow }} props */
function Action({ row: { outcome, name, client } }) {
  const action = outcome === 'blocked' ? 'allow' : 'block';
  const asked = client.machine.startsWith('anon-')
    ? {}
    : { machine: { machine: client.machine || client.ip, said: client.name ?? client.ip } };
  const word = action === 'allow' ? 'Allow' : 'Block';
  return html`<button type="button" data-needs="admin" class="link" aria-label=${`${word} ${name}`} onClick=${() => act({ action, name, reason: 'from the log of queries', ...asked })}>${word}</button>`;
}

/** @param {{ filter: Filter, setFilter: (filter: Filter) => void, isLive: boolean, setLive: (isLive: boolean) => void }} props */
function Filters({ filter, setFilter, isLive, setLive }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  // Those of now, to choose from; one that is no longer configured can be written.
  const status = useAsk('status', { everyMs: 0 });
  const servers = /** @type {import('../../../state.ts').StatusView | null} */ (status.data)?.upstreams ?? [];
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (form.current === null) return;
    const said = Object.fromEntries(
      [...new FormData(form.current)].map(([name, value]) => [name, String(value).trim()]),
    );
    setFilter(/** @type {Filter} */ ({ ...EMPTY, ...said, until: filter.until }));
  };
  return html`<form id="log-filter" ref=${form} onSubmit=${submit}>
    <label>Machine <input name="client" size="14" autocomplete="off" spellcheck=${false} defaultValue=${filter.client} /></label>
    <label>User <input name="user" size="10" autocomplete="off" spellcheck=${false} defaultValue=${filter.user} /></label>
    <label>Name, or part of it <input name="name" type="search" autocomplete="off" spellcheck=${false} placeholder="ads or *.example" defaultValue=${filter.name} /></label>
    <label>Type <input name="type" size="6" autocomplete="off" defaultValue=${filter.type} /></label>
    <label>Outcome <select name="outcome"><option value="">any</option>${KINDS.map((kind) => html`<option key=${kind} selected=${kind === filter.outcome}>${kind}</option>`)}</select></label>
    <label>List <input name="list" size="12" autocomplete="off" spellcheck=${false} defaultValue=${filter.list} /></label>
    <label>Upstream <input name="upstream" size="16" list="log-upstreams" autocomplete="off" spellcheck=${false} defaultValue=${filter.upstream} /></label>
    <datalist id="log-upstreams">${[...new Set(servers.map(({ name }) => name))].map((name) => html`<option key=${name} value=${name}></option>`)}</datalist>
    <label>Time <select name="since">${Object.entries(SPANS).map(([since, [text]]) => html`<option key=${since} value=${since} selected=${since === filter.since}>${text}</option>`)}</select></label>
    <button>Search</button>
    <label class="check"><input type="checkbox" checked=${isLive} onChange=${(/** @type {Event} */ event) => setLive(/** @type {HTMLInputElement} */ (event.currentTarget).checked)} /> as they come</label>
  </form>`;
}

/** @param {{ filter: Filter }} props */
function Exports({ filter }) {
  const { said, busy, run } = useAttempt();
  const [rest, setRest] = useState('');
  const get = (/** @type {'csv' | 'jsonl'} */ format) =>
    run(async () => {
      setRest('');
      const { text, isCut, known } = await askFile(`log/export${queryOf({ ...filter, format })}`);
      download(text, `queries.${format}`, 'text/plain');
      const said = known === null ? '' : logText(/** @type {OfLog} */ (known));
      setRest(
        `${isCut ? 'The file has the newest 100,000: there are more. Search a shorter time for the others. ' : ''}${said}`,
      );
    });
  return html`<span class="row">
    <button type="button" aria-disabled=${busy} onClick=${() => get('csv')}>Export as CSV</button>
    <button type="button" aria-disabled=${busy} onClick=${() => get('jsonl')}>as JSON Lines</button>
    <span role="status" class="warn">${rest}</span>
    <${Said} text=${said} />
  </span>`;
}
