// Report: what attackers' names are in it, which are doubtful, then blocked everywhere, and who asked for them before.
import { ask } from '../ask.js';
import { useKept } from '../kept.js';
import { html, useEffect, useRef, useState } from '../kit.js';
import { Machine, Said, Section, Time, useAttempt, useNames } from '../parts/bits.js';
import { Known } from '../parts/known.js';
import { Table } from '../parts/table.js';
import { addresses as countOf, machines, names, number } from '../words.js';

/** @import { ReportView, ReportBlocked } from '../../../lists/report-routes.ts' */
/** @typedef {{ text: string } | { url: string } | { file: string, fileName: string }} Source */
/** @typedef {ReportView['doubtful'][number]} Line */

export function View() {
  const [source, setSource] = useState(/** @type {Source | null} */ (null));
  const [read, setRead] = useState(/** @type {ReportView | null} */ (null));
  const [take, setTake] = useState(/** @type {readonly string[]} */ ([]));
  const [leaveOut, setLeaveOut] = useState(/** @type {readonly string[]} */ ([]));
  const [blocked, setBlocked] = useState(/** @type {ReportBlocked | null} */ (null));
  const { said, busy, run } = useAttempt();
  const look = (/** @type {Source} */ next) =>
    run(async () => {
      setSource(next);
      setRead(null);
      setBlocked(null);
      setTake([]);
      setLeaveOut([]);
      setRead(await ask('report', next));
    });
  const again = (/** @type {readonly string[]} */ taken, /** @type {readonly string[]} */ left) =>
    run(async () => {
      setTake(taken);
      setLeaveOut(left);
      setRead(await ask('report', { ...source, take: taken, leaveOut: left }));
    });
  return html`
    <${Section} title="Report">
      <${Source} look=${look} busy=${busy} />
      <${Said} text=${said} />
    <//>
    <div aria-live="polite">
      ${busy && read === null && html`<p role="status">reading…</p>`}
      ${blocked !== null && html`<${Who} blocked=${blocked} />`}
      ${
        read !== null &&
        blocked === null &&
        html`<${Preview} read=${read} busy=${busy} take=${take}
        swap=${(/** @type {string} */ name, /** @type {boolean} */ isTaken) => (isTaken ? again(without(take, name), [...leaveOut, name]) : again([...take, name], without(leaveOut, name)))}
        block=${(/** @type {string} */ name, /** @type {string} */ group) =>
          run(async () =>
            setBlocked(
              await ask('report/block', {
                ...source,
                name,
                take,
                leaveOut,
                ...(group === '' ? {} : { groups: [group] }),
              }),
            ),
          )} />`
      }
    </div>`;
}

/** @param {readonly string[]} list @param {string} name */
const without = (list, name) => list.filter((one) => one !== name);

/** Characters that stay with a step of the browser's way. */
const KEPT_MAX = 200_000;

/** @param {{ look: (source: Source) => unknown, busy: boolean }} props */
function Source({ look, busy }) {
  const text = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const [kept, setKept] = useKept('text', '');
  const [isOver, setOver] = useState(false);
  const drop = async (/** @type {File | undefined} */ file) => {
    if (file !== undefined) await look({ file: await base64Of(file), fileName: file.name.slice(0, 255) });
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const said = text.current?.value ?? '';
    setKept(said.length <= KEPT_MAX ? said : '');
    void look(/^https?:\/\/\S+$/i.test(said.trim()) ? { url: said.trim() } : { text: said });
  };
  return html`<form id="report" class=${`drop ${isOver ? 'over' : ''}`} onSubmit=${submit}
    onDragOver=${(/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setOver(true);
    }}
    onDragLeave=${() => setOver(false)}
    onDrop=${(/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setOver(false);
      void drop(event.dataTransfer?.files[0]);
    }}>
    <label class="wide">Paste the report or its address, or drop a file here <textarea id="report-text" ref=${text} rows="6" required spellcheck=${false} defaultValue=${kept}
      onPaste=${(/** @type {ClipboardEvent} */ event) => {
        const pasted = event.clipboardData?.getData('text') ?? '';
        // What is pasted into an empty field is the report.
        if (text.current?.value === '' && pasted.trim() !== '')
          setTimeout(() => text.current?.form?.requestSubmit(), 0);
      }}></textarea></label>
    <button class="main" aria-disabled=${busy}>${busy ? 'reading…' : 'Read it'}</button>
    <label>or a file: mail, PDF, Word, Excel, STIX, MISP, CSV … <input type="file" onChange=${(/** @type {Event} */ event) => drop(/** @type {HTMLInputElement} */ (event.currentTarget).files?.[0])} /></label>
  </form>`;
}

/** @param {File} file @returns {Promise<string>} */
function base64Of(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(new Error('The file cannot be read.'));
    reader.readAsDataURL(file);
  });
}

/** @param {{ read: ReportView, busy: boolean, take: readonly string[], swap: (name: string, isTaken: boolean) => unknown, block: (name: string, group: string) => unknown }} props */
function Preview({ read, busy, take, swap, block }) {
  const groups = useNames('groups');
  const { taken, doubtful, leftOut, leftOutMore, title, campaign, published, addresses, warnings } = read;
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    void block(String(form.get('name')).trim(), String(form.get('group')));
  };
  const about = [title, campaign, published].filter((one) => one !== null).join(' · ');
  return html`
    <${Section} title=${taken.length === 0 ? 'No name would be blocked' : `${names(taken.length)} would be blocked`}>
      ${about !== '' && html`<p>${about}</p>`}
      ${warnings.map((one) => html`<p class="warn" key=${one}>${one}</p>`)}
      ${
        taken.length > 0 &&
        html`<form id="block" onSubmit=${submit}>
        <button data-needs="admin" class="main" aria-disabled=${busy}>${busy ? 'putting it into force…' : 'Block everywhere'}</button>
        <label>As list <input name="name" required pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" defaultValue=${read.name} /></label>
        <label>For <select name="group"><option value="">every group</option>${groups.map((group) => html`<option key=${group} value=${group}>group ${group}</option>`)}</select></label>
      </form>`
      }
      <${Table} title="Taken" pageRows=${50} rows=${taken} keyOf=${(/** @type {ReportView['taken'][number]} */ one) => one.name} empty="Nothing of the report was taken; what was left out stands below, each with its reason." columns=${[
        {
          label: 'Name',
          kind: 'name',
          cell: (/** @type {ReportView['taken'][number]} */ { name, scope }) =>
            `${scope === 'below' ? '*.' : ''}${name}${scope === 'exact' ? ' alone' : ''}`,
        },
        {
          label: 'As printed',
          kind: 'name',
          cell: (/** @type {ReportView['taken'][number]} */ { printed }) => printed,
        },
        {
          label: 'Line',
          kind: 'name',
          cell: (/** @type {ReportView['taken'][number]} */ { place, line }) => place ?? String(line),
        },
        {
          label: 'Action',
          cell: (/** @type {ReportView['taken'][number]} */ { name }) =>
            html`<button type="button" class="link" aria-disabled=${busy} aria-label=${`Leave out ${name}`} onClick=${() => swap(name, true)}>${take.includes(name) ? 'Leave out again' : 'Leave out'}</button>`,
        },
      ]} />
      ${addresses > 0 && html`<p class="dim">Kept with the list and not blocked, since others may stand there: ${countOf(addresses)}.</p>`}
    <//>
    ${doubtful.length > 0 && html`<${Section} title=${`Doubtful: ${number(doubtful.length)}`}><${Lines} title="Doubtful" lines=${doubtful} busy=${busy} swap=${swap} /><//>`}
    ${
      leftOut.length > 0 &&
      html`<${Section} title=${`Left out: ${number(leftOut.length + leftOutMore)}`}><${Lines} title="Left out" lines=${leftOut} busy=${busy} swap=${swap} />
      ${leftOutMore > 0 && html`<p class="dim">and ${number(leftOutMore)} more</p>`}<//>`
    }`;
}

/** @param {{ title: string, lines: readonly Line[], busy: boolean, swap: (name: string, isTaken: boolean) => unknown }} props */
const Lines = ({ title, lines, busy, swap }) =>
  html`<${Table} title=${title} pageRows=${50} rows=${lines} keyOf=${(/** @type {Line} */ one) => `${one.text} ${one.why}`} empty="Nothing." columns=${[
    { label: 'Text', kind: 'name', cell: (/** @type {Line} */ { text }) => text },
    { label: 'Why', kind: 'name', cell: (/** @type {Line} */ { why }) => why },
    { label: 'Line', kind: 'n', cell: (/** @type {Line} */ { line }) => String(line) },
    {
      label: 'Action',
      cell: (/** @type {Line} */ { name }) =>
        name === null
          ? ''
          : html`<button type="button" class="link" aria-disabled=${busy} aria-label=${`Take ${name}`} onClick=${() => swap(name, false)}>Take</button>`,
    },
  ]} />`;

/** How far back it was looked who asked before. */
const HUNTED_MS = 90 * 86_400_000;

/** @param {{ blocked: ReportBlocked }} props */
function Who({ blocked: { name, entries, findings, coverage, keepsHistory, path } }) {
  const asked = new Map(findings.map((finding) => [finding.client.machine ?? finding.client.ip, finding]));
  const since = new Date(Date.now() - HUNTED_MS).toISOString();
  // What was pressed is gone: who listens hears what came of it.
  const done = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => done.current?.focus(), []);
  return html`<${Section} title=${asked.size === 0 ? 'Nobody asked before, as far as is known' : `${machines(asked.size)} asked before`}>
    <p tabindex="-1" ref=${done}><strong class="good">Blocked: ${names(entries)} of list <a href=${`#lists/${encodeURIComponent(name)}`}>${name}</a>.</strong> <span class="dim">(${path})</span></p>
    <p class="dim">Looked through the last 90 days.${keepsHistory ? '' : ' At present what is asked for is not kept.'}</p>
    <${Known} of=${{ since, coverage }} />
    ${
      findings.length > 0 &&
      html`<${Table} title="Who asked before" rows=${findings.flatMap((finding) => finding.names.map((one) => ({ finding, one })))} keyOf=${(/** @type {Row} */ { finding, one }) => `${finding.client.machine ?? finding.client.ip} ${one.name} ${one.via}`} empty="" columns=${[
        {
          label: 'Machine',
          kind: 'name',
          cell: (/** @type {Row} */ { finding: { client } }) =>
            html`<${Machine} client=${client} machine=${client.machine} />`,
        },
        {
          label: 'Asked for',
          kind: 'name',
          cell: (/** @type {Row} */ { one }) => `${one.name}${one.via === null ? '' : ` (by ${one.via})`}`,
        },
        {
          label: 'Queries',
          kind: 'n',
          cell: (/** @type {Row} */ { one: { count, countMax } }) =>
            count === countMax ? number(count) : `${number(count)} to ${number(countMax)}`,
        },
        {
          label: 'Answered',
          kind: 'n',
          cell: (/** @type {Row} */ { one }) =>
            html`<span class=${one.answered > 0 ? 'bad' : ''}>${number(one.answered)}</span>`,
        },
        {
          label: 'First',
          kind: 'time',
          cell: (/** @type {Row} */ { one }) => html`<${Time} iso=${one.first} />`,
        },
        {
          label: 'Last',
          kind: 'time',
          cell: (/** @type {Row} */ { one }) => html`<${Time} iso=${one.last} />`,
        },
      ]} />`
    }
  <//>`;
}
/** @typedef {{ finding: ReportBlocked['findings'][number], one: ReportBlocked['findings'][number]['names'][number] }} Row */
