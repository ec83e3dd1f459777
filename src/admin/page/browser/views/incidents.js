// Incidents: all of them, and the story of one: when it asked, for what, what it got, and what says that it matters.
import { ask, askFile } from '../ask.js';
import { useKept } from '../kept.js';
import { html, useEffect, useMemo, useRef, useState } from '../kit.js';
import { useAsk } from '../live.js';
import { act, tellDone } from '../parts/act.js';
import { download, Facts, Machine, Said, Section, Time, useAttempt } from '../parts/bits.js';
import { Visits } from '../parts/chart.js';
import { Grade, IncidentTable, stateText } from '../parts/incident-table.js';
import { Known } from '../parts/known.js';
import { Table } from '../parts/table.js';
import { gotData, gotText, nameOf, number, queries, time } from '../words.js';
import { HIT_COLUMNS } from './now.js';

/** @import { IncidentDetail } from '../../../events/state.ts' */
/** @import { Coverage } from '../../../../hits/coverage.ts' */
/** @import { IncidentSummary } from '../../../../hits/incidents/summary.ts' */
/** @import { Hit } from '../../../../hits/hit.ts' */

const MOST = 1000;

/** @param {{ rest: string[] }} props */
export function View({ rest: [id] }) {
  return id === undefined ? html`<${All} />` : html`<${One} id=${id} key=${id} />`;
}

function All() {
  const [state, setState] = useKept('state', '');
  const { data, failure, again } = useAsk(`incidents?limit=${MOST}${state === '' ? '' : `&state=${state}`}`);
  const answer = /** @type {{ incidents: IncidentSummary[], since: string, coverage: Coverage } | null} */ (
    data
  );
  const [part, setPart] = useKept('filter', '');
  const all = answer?.incidents ?? null;
  const shown = useMemo(() => all?.filter((incident) => isLike(incident, part.trim())) ?? null, [all, part]);
  return html`<${Section} title="Incidents">
    <form onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label>State <select value=${state} onChange=${(/** @type {Event} */ event) => setState(/** @type {HTMLSelectElement} */ (event.currentTarget).value)}>
        <option value="">all of the last 30 days</option>
        <option value="open">open</option>
        <option value="closed">closed</option>
      </select></label>
      <label>Machine or campaign, or part of it <input type="search" autocomplete="off" spellcheck=${false} value=${part}
        onInput=${(/** @type {Event} */ event) => setPart(/** @type {HTMLInputElement} */ (event.currentTarget).value)} /></label>
      <${Together} incidents=${shown ?? []} done=${again} />
    </form>
    <${Said} text=${failure} />
    <${Known} of=${answer} />
    <${IncidentTable} title="Incidents" failure=${failure} incidents=${shown} done=${again}
      empty=${all?.length ? 'None of these is like that.' : 'No incidents in the last 30 days. Only names of lists with alert: true make one.'} />
    ${(all?.length ?? 0) >= MOST && html`<p class="dim">There may be more: these are the ${number(MOST)} newest.</p>`}
  <//>`;
}

/** @param {IncidentSummary} incident @param {string} part */
function isLike({ client, about, list, lists }, part) {
  const { ip, name, mac, user } = client;
  return [ip, name, mac, user, about, list, ...lists].some((text) =>
    text?.toLowerCase().includes(part.toLowerCase()),
  );
}

/** Acknowledges all that are shown, once that was said twice: it cannot be taken back. @param {{ incidents: readonly IncidentSummary[], done: () => Promise<void> }} props */
function Together({ incidents, done }) {
  const unseen = incidents.filter(({ acknowledged }) => acknowledged === null);
  const [isMeant, setMeant] = useState(false);
  const [progress, setProgress] = useState('');
  const { said, run, busy } = useAttempt();
  const whole = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useEffect(() => {
    if (isMeant) whole.current?.focus();
  }, [isMeant]);
  const go = () =>
    run(async () => {
      try {
        for (const [index, { id }] of unseen.entries()) {
          setProgress(`${number(index + 1)} of ${number(unseen.length)}`);
          await ask(`incidents/${encodeURIComponent(id)}/acknowledge`, {});
        }
        tellDone(`${number(unseen.length)} incidents are acknowledged.`);
      } finally {
        setMeant(false);
        await done();
      }
    });
  // Also when one is left that was refused.
  if (unseen.length < 2 && !busy) return html`<${Said} text=${said} />`;
  if (!isMeant)
    return html`<button type="button" data-needs="analyst" onClick=${() => setMeant(true)}>Acknowledge these ${number(unseen.length)}</button><${Said} text=${said} />`;
  return html`<span class="row" role="group" aria-label="Acknowledge together">
    <span role="status">${busy ? progress : 'This cannot be taken back.'}</span>
    <button type="button" ref=${whole} data-needs="analyst" aria-disabled=${busy} onClick=${go}>Acknowledge all ${number(unseen.length)}</button>
    <button type="button" aria-disabled=${busy} onClick=${() => busy || setMeant(false)}>Cancel</button>
  </span>`;
}

/** @param {{ id: string }} props */
function One({ id }) {
  const path = `incidents/${encodeURIComponent(id)}`;
  const { data, failure, again } = useAsk(path);
  const detail = /** @type {IncidentDetail | null} */ (data);
  const { said, run, busy } = useAttempt();
  if (detail === null)
    return html`<${Section} title="Incident"><${Said} text=${failure} />${failure === '' && html`<p class="dim">asking…</p>`}<//>`;
  const { incident, visits, hits } = detail;
  const { client, machine, about } = incident;
  const whom = { machine: machine || client.ip, said: client.name ?? client.ip };
  return html`
    <${Section} title=${`${nameOf(client)}: ${about}`} aside=${html`<span class="row">
        ${
          incident.acknowledged === null
            ? html`<button type="button" data-needs="analyst" aria-disabled=${busy} onClick=${() =>
                run(async () => {
                  await ask(`${path}/acknowledge`, {});
                  await again();
                })}>Acknowledge</button>`
            : html`<span class="dim">acknowledged <${Time} iso=${incident.acknowledged} /></span>`
        }
        <button type="button" aria-disabled=${busy} onClick=${() => run(async () => download((await askFile(`${path}/export`)).text, `incident-${id}.json`, 'application/json'))}>Export</button>
      </span>`}>
      <${Said} text=${said || failure} />
      <p>${storyOf(incident)}</p>
      <${Facts} facts=${[
        [
          'Machine',
          html`<${Machine} client=${client} machine=${machine} />${client.mac === null ? '' : `, ${client.mac}`}`,
        ],
        ['Addresses', incident.addresses.join(', ')],
        ['Group', incident.groups.join(', ')],
        ['Logged on', incident.users.join(', ')],
        ['Severity', html`<${Grade} incident=${incident} />`],
        ['State', stateText(incident)],
        ['Got', html`<span class=${gotData(incident) ? 'bad' : ''}>${gotText(incident)}</span>`],
        ['Told', incident.told === null ? 'no receiver yet' : html`<${Time} iso=${incident.told} />`],
        [
          'Not watched',
          incident.unwatched
            .map(
              ({ reason, from, to }) => `${reason} from ${time(from)}${to === null ? '' : ` to ${time(to)}`}`,
            )
            .join('; '),
        ],
      ]} />
    <//>
    <${Section} title="When it asked">
      <${Visits} times=${visits} beacon=${incident.beacon} />
      ${incident.beaconTooFew !== null && html`<p class="dim">No beacon score yet: it takes ${number(incident.beaconTooFew.needed)} times 20 s or more apart, and there ${incident.beaconTooFew.visits === 1 ? 'is' : 'are'} ${number(incident.beaconTooFew.visits)}.</p>`}
    <//>
    <${Section} title="Names">
      <${Table} title="Names" rows=${incident.names} keyOf=${(/** @type {IncidentSummary['names'][number]} */ { name }) => name} empty="No name is known of it." columns=${[
        {
          label: 'Name',
          kind: 'name',
          cell: (/** @type {IncidentSummary['names'][number]} */ { name }) => name,
        },
        {
          label: 'Queries',
          kind: 'n',
          cell: (/** @type {IncidentSummary['names'][number]} */ { count }) => number(count),
        },
        {
          label: 'Visits',
          kind: 'n',
          cell: (/** @type {IncidentSummary['names'][number]} */ one) => number(one.visits),
        },
        {
          label: 'First',
          kind: 'time',
          cell: (/** @type {IncidentSummary['names'][number]} */ { first }) => html`<${Time} iso=${first} />`,
        },
        {
          label: 'Last',
          kind: 'time',
          cell: (/** @type {IncidentSummary['names'][number]} */ { last }) => html`<${Time} iso=${last} />`,
        },
        {
          label: 'Action',
          cell: (/** @type {IncidentSummary['names'][number]} */ { name }) =>
            html`<button type="button" data-needs="admin" class="link" aria-label=${`Allow ${name}`} onClick=${() => act({ action: 'allow', name, machine: whom })}>Allow</button>`,
        },
      ]} />
      ${incident.furtherNames > 0 && html`<p class="dim">and ${incident.furtherNamesAtLeast ? 'at least ' : ''}${number(incident.furtherNames)} further names.</p>`}
    <//>
    <${Section} title="Evidence">
      ${incident.indicators.length === 0 && html`<p class="dim">The lists say nothing of where it comes from.</p>`}
      ${incident.indicators.map(
        (one) =>
          html`<${Facts} key=${JSON.stringify(one)} facts=${[
            ['Campaign', one.campaign],
            ['Report', one.source],
            ['First published', one.firstPublished],
            ['Confidence', one.confidence],
            ['Ends', one.expires ?? null],
          ]} />`,
      )}
      <${Facts} facts=${[
        ['Lists', incident.lists.join(', ')],
        [
          'Decided by',
          Object.entries(incident.decided)
            .map(([by, count]) => `${by}: ${queries(count)}`)
            .join(', '),
        ],
      ]} />
    <//>
    <${Note} path=${path} note=${detail.note} again=${again} />
    <${Section} title="Timeline">
      <${Table} title="Timeline" rows=${hits} keyOf=${(/** @type {Hit} */ hit) => hit.id} columns=${HIT_COLUMNS} empty="Its hits are kept no longer, or it was found in the history only." />
      ${detail.areHitsCut && html`<p class="dim">There are more hits; these are the newest.</p>`}
    <//>
  `;
}

/** One sentence, and nothing in it that is not known. @param {IncidentSummary} incident */
function storyOf({ client, campaign, lists, formerLists, hits, visits, first, last, past, retrospective }) {
  const who = client.name ?? client.ip;
  const own = lists.filter((list) => !formerLists.includes(list));
  const now = own.length === 0 ? lists : own;
  const what =
    campaign === null
      ? `names of ${now.length > 1 ? 'lists' : 'list'} ${now.join(', ')}`
      : `names of ${campaign}`;
  const [from, to] = [time(first), time(last)];
  const times = from === to ? `at ${from}` : `from ${from} to ${to}`;
  const inVisits = visits > 1 ? ` in ${number(visits)} visits` : '';
  if (past === null) return `${who} asked for ${what}: ${queries(hits)}${inVisits} ${times}.`;
  const since = hits - past.hits;
  // What was found in the history is in no visit.
  const live = since === 0 ? '' : `, and ${queries(since)}${inVisits} after that`;
  return `${who} asked for ${what}: ${queries(hits)} ${times}. Of these, ${queries(past.hits)} from before the names were listed with an alert${retrospective ? ', found in the history' : ''}${live}.`;
}

/** @param {{ path: string, note: IncidentDetail['note'], again: () => Promise<void> }} props */
function Note({ path, note, again }) {
  /** What is being written, and the time of the note that stood there when it was begun. */
  const [own, setOwn] = useState(/** @type {{ text: string, base: string | null } | null} */ (null));
  const { said, run, busy } = useAttempt();
  const stands = note?.time ?? null;
  const shown = own?.text ?? note?.text ?? '';
  const isAnother = own !== null && own.base !== stands;
  return html`<${Section} title="Note">
    <form onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      void run(async () => {
        // In place of the note that is shown: another is shown first.
        const kept = await /** @type {Promise<IncidentDetail>} */ (
          ask(`${path}/note`, { note: shown.trim(), base: stands }).finally(again)
        );
        // What was written meanwhile goes on from there.
        setOwn((now) =>
          now === null || now.text === shown ? null : { ...now, base: kept.note?.time ?? null },
        );
      });
    }}>
      <label class="wide">What is known, what was done <textarea name="note" rows="3" maxlength="4000" value=${shown}
        onInput=${(/** @type {Event} */ event) => setOwn({ text: /** @type {HTMLTextAreaElement} */ (event.currentTarget).value, base: own === null ? stands : own.base })}></textarea></label>
      ${isAnother && html`<p class="warn wide" role="status">${note === null ? 'The note was taken away meanwhile.' : html`Noted meanwhile, <${Time} iso=${note.time} />: ${note.text}`}</p>`}
      <button data-needs="analyst" aria-disabled=${busy} disabled=${own === null || own.text === (note?.text ?? '')}>Keep the note</button>
      ${note !== null && html`<span class="dim">kept <${Time} iso=${note.time} /></span>`}
      <${Said} text=${said} />
    </form>
  <//>`;
}
