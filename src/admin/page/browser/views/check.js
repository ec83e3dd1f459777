// Check a name: what is decided for it, for whom, by which step and which line.
import { ask, queryOf } from '../ask.js';
import { useKept } from '../kept.js';
import { html, useState } from '../kit.js';
import { useAsk } from '../live.js';
import { act } from '../parts/act.js';
import { Facts, Said, Section, useAttempt } from '../parts/bits.js';
import { nameOf } from '../words.js';

/** @import { DecisionView } from '../../../state.ts' */
/** @import { ListView } from '../../../lists/list-view.ts' */

/** @param {{ rest: string[] }} props */
export function View({ rest: [asked = ''] }) {
  // Of another name the form and its answer are others.
  return html`<${Check} key=${asked} asked=${asked} />`;
}

/** @param {{ asked: string }} props */
function Check({ asked }) {
  const [decision, setDecision] = useState(/** @type {DecisionView | null} */ (null));
  const { said, busy, run } = useAttempt();
  const [wanted, setWanted] = useKept('asked', /** @type {Record<string, string>} */ ({}));
  const explain = async (/** @type {string} */ query) =>
    setDecision(await /** @type {Promise<DecisionView>} */ (ask(`query${query}`)));
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const fields = Object.fromEntries(
      [...new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))].map(([name, value]) => [
        name,
        String(value).trim(),
      ]),
    );
    void run(async () => {
      setDecision(null);
      setWanted(fields);
      await explain(queryOf(fields));
    });
  };
  // A field with a `value` would be set back to it whenever the page draws itself anew, every two seconds.
  return html`<${Section} title="Check a name">
    <form id="ask" onSubmit=${submit}>
      <label>Name <input name="name" required autocomplete="off" spellcheck=${false} placeholder="www.example.org" defaultValue=${wanted['name'] ?? asked} /></label>
      <label>Type <input name="type" defaultValue=${wanted['type'] ?? 'A'} size="6" required /></label>
      <label>Asked by: name, address, MAC or user <input name="client" defaultValue=${wanted['client']} size="16" placeholder="this device" /></label>
      <label>When, if not now <input name="at" size="8" placeholder="19:30" defaultValue=${wanted['at']} /></label>
      <label class="check"><input type="checkbox" name="ask" value="true" defaultChecked=${wanted['ask'] === 'true'} /> ask upstreams too</label>
      <button class="main" aria-disabled=${busy}>Explain</button>
      <${Said} text=${said} />
    </form>
    <div aria-live="polite">${decision !== null && html`<${Decision} decision=${decision} again=${() => explain(queryOf(wanted))} />`}</div>
  <//>`;
}

/** Of what does not block. @type {Record<string, string>} */
const VERDICTS = {
  pass: 'allowed: not on any list of this group',
  allow: 'allowed by a rule',
  monitor: 'allowed: watched only',
};

/** @param {{ decision: DecisionView, again: () => Promise<void> }} props */
function Decision({ decision, again }) {
  const {
    name,
    type,
    verdict,
    rewritten,
    own,
    client,
    list,
    rule,
    lines,
    answer,
    entries,
    paused,
    outsideSchedule,
    indicator,
    reply,
    via,
    access,
    upstreams,
    blockedTarget,
  } = decision;
  const isBlocked = list !== null && verdict !== 'allow' && verdict !== 'pass' && verdict !== 'monitor';
  const told = rewritten ? 'rewritten' : (VERDICTS[verdict] ?? `blocked (${verdict})`);
  const lists = /** @type {{ lists: ListView[] } | null} */ (useAsk('lists').data)?.lists ?? [];
  const isByHand = (/** @type {string | null} */ of) =>
    lists.some(({ name: one, byHand }) => one === of && byHand);
  const decided = isByHand(list)
    ? html`${isBlocked ? 'blocked' : 'allowed'} <a href="#now">by hand</a>`
    : told;
  const { ip, mac, group } = client;
  // For one that is not here yet something can be decided by its group alone.
  const whom =
    ip === null
      ? { ...(group === null ? {} : { group }) }
      : { machine: { machine: ip, said: client.name ?? ip } };
  const who = ip === null ? `${client.name ?? mac}, not seen yet` : nameOf({ ...client, ip });
  return html`
    <h3>${name} ${type}</h3>
    <${Facts} facts=${[
      [
        'Verdict',
        own === null
          ? html`<strong class=${isBlocked ? 'bad' : 'good'}>${decided}</strong>`
          : `answered here (${own.setting}), not forwarded`,
      ],
      [
        'Asked by',
        `${who}, group ${group ?? 'none'}${paused ? ', which is paused' : ''}${outsideSchedule ? ', whose lists are not in force at this hour' : ''}`,
      ],
      ['Access', access === 'allowed' ? null : 'refused by access.allow'],
      ['List', isByHand(list) ? null : list],
      ['Rule', list === null ? null : rule],
      ['Through', via],
      [
        'Leads to',
        blockedTarget === null
          ? null
          : `${blockedTarget.name}, which list ${blockedTarget.list} blocks (${blockedTarget.rule})`,
      ],
      [
        'Report',
        indicator === null
          ? null
          : [indicator.campaign, indicator.source, indicator.firstPublished].filter(Boolean).join(', '),
      ],
      ['Answer', answer.join(', ')],
      [
        'The client gets',
        reply === null
          ? list === null && own === null
            ? 'what upstreams say'
            : null
          : `${reply.rcode}${reply.records.length === 0 ? '' : `: ${reply.records.join(', ')}`}`,
      ],
      [
        'Upstreams',
        own === null && list === null ? `${upstreams.servers.join(', ')} (${upstreams.setting})` : null,
      ],
      ...lines
        .filter((line) => !isByHand(line.list))
        .map((line) => /** @type {const} */ ([`${line.list}:${line.line}`, html`<code>${line.text}</code>`])),
      ...entries
        .filter((entry) => !entry.used)
        .map(
          (entry) =>
            /** @type {const} */ ([`Also on ${entry.list}`, `${entry.rule}, which this group does not use`]),
        ),
    ]} />
    <p class="row">
      <button type="button" data-needs="admin" onClick=${() => act({ action: isBlocked ? 'allow' : 'block', name, ...whom, done: again })}>${isBlocked ? 'Allow it' : 'Block it'}</button>
      <a href=${`#log/${new URLSearchParams({ name })}`}>who asked for it</a>
    </p>`;
}
