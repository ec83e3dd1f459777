// Allowing or blocking a name by hand, pausing, and what was done: dialogs that give the focus back, and a line that says what happened.
import { ask, Failure } from '../ask.js';
import { html, useEffect, useRef, useState } from '../kit.js';
import { momentFrom } from '../words.js';
import { Said, useAttempt, useNames } from './bits.js';

/** @import { OverrideView } from '../../../overrides/routes.ts' */
/**
 * @typedef {object} ActAsked what a dialog begins with
 * @property {'allow' | 'block' | 'pause'} action
 * @property {string} [name]
 * @property {{ machine: string, said: string }} [machine]
 * @property {string} [group]
 * @property {string} [reason]
 * @property {() => unknown} [done] what is to be asked anew
 */
/** @typedef {{ text: string, undo: (() => Promise<unknown>) | null }} Done */

/** @type {(asked: ActAsked) => void} */
let open = () => undefined;
/** @type {(done: Done) => void} */
let show = () => undefined;

/** Opens the dialog. @param {ActAsked} asked */
export const act = (asked) => open(asked);
/** Says what happened. @param {string} text @param {(() => Promise<unknown>) | null} [undo] */
export const tellDone = (text, undo = null) => show({ text, undo });

const READ_MS = 3_000;
const LASTING = /** @type {const} */ ([
  ['5m', '5 minutes'],
  ['1h', 'an hour'],
  ['', 'for good'],
  ['other', 'another time'],
]);

/** The dialog and the line, once on the page. */
export function Acts() {
  const [asked, setAsked] = useState(/** @type {ActAsked | null} */ (null));
  const [done, setDone] = useState(/** @type {Done | null} */ (null));
  const toldMs = useRef(0);
  useEffect(() => {
    open = (wanted) => setAsked({ ...wanted });
    show = (told) => {
      toldMs.current = Date.now();
      setDone(told);
    };
    // Who goes on to another view has read it; what was told just now may be what led there.
    const gone = () => Date.now() - toldMs.current > READ_MS && setDone(null);
    addEventListener('hashchange', gone);
    return () => removeEventListener('hashchange', gone);
  }, []);
  const { said, run } = useAttempt();
  return html`
    <div class="done" role="status">
      ${
        done !== null &&
        html`<p>
        ${done.text}
        ${
          done.undo !== null &&
          html` <button type="button" onClick=${() =>
            run(async () => {
              await done.undo?.();
              setDone({ text: 'Taken back.', undo: null });
            })}>Take back</button>`
        }
        ${' '}<button type="button" onClick=${() => setDone(null)}>Dismiss</button>
      </p>`
      }
    </div>
    <${Said} text=${said} />
    ${asked !== null && html`<${Dialog} key=${asked} asked=${asked} close=${() => setAsked(null)} />`}
  `;
}

/** @param {{ asked: ActAsked, close: () => void }} props */
function Dialog({ asked, close }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const opener = useRef(/** @type {Element | null} */ (document.activeElement));
  const groups = useNames('groups');
  const [name, setName] = useState(asked.name ?? '');
  const [whom, setWhom] = useState(
    asked.machine !== undefined ? 'machine' : asked.group === undefined ? 'all' : 'group',
  );
  const [machine, setMachine] = useState(asked.machine?.said ?? '');
  const [group, setGroup] = useState(asked.group ?? '');
  const [lasts, setLasts] = useState(/** @type {string} */ (asked.action === 'pause' ? '5m' : '1h'));
  const [other, setOther] = useState('8h');
  const [reason, setReason] = useState(asked.reason ?? '');
  const [isBroad, setBroad] = useState(false);
  const { said, busy, run } = useAttempt();
  const isPause = asked.action === 'pause';
  useEffect(() => {
    dialog.current?.showModal();
    return () => {
      const to = opener.current;
      if (to instanceof HTMLElement && to.isConnected) to.focus({ preventScroll: true });
    };
  }, []);
  const client = machine.trim() === asked.machine?.said ? asked.machine.machine : machine.trim();
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const duration = lasts === 'other' ? other.trim() : lasts;
    const scope =
      whom === 'machine' ? { client } : whom === 'group' ? { group: group || (groups[0] ?? '') } : {};
    const body = { ...scope, ...(duration === '' ? {} : { for: duration }) };
    const isDone = await run(async () => {
      if (isPause) await pause(body, machine.trim());
      else
        await decide(
          /** @type {'allow' | 'block'} */ (asked.action),
          {
            ...body,
            name: name.trim(),
            ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
            ...(isBroad ? { broad: true } : {}),
          },
          machine.trim(),
        ).catch((error) => {
          // Said again, it is meant.
          if (!(error instanceof Failure && error.code === 'BROAD_NAME')) throw error;
          setBroad(true);
          throw new Error(broadText(name.trim(), asked.action));
        });
      await asked.done?.();
    });
    // It gives the focus back at once, and then says that it is closed.
    if (isDone) dialog.current?.close();
  };
  const title = isPause
    ? 'Stop blocking for a while'
    : asked.action === 'allow'
      ? 'Allow a name'
      : 'Block a name';
  return html`<dialog ref=${dialog} aria-labelledby="act-title" onClose=${close} onCancel=${close}>
    <form onSubmit=${submit}>
      <h2 id="act-title">${title}</h2>
      ${
        !isPause &&
        html`<label>Name, with all below it <input name="name" required autocomplete="off" spellcheck=${false} value=${name} onInput=${put(
          (value) => {
            setName(value);
            setBroad(false);
          },
        )} /></label>`
      }
      <label>For whom <select name="whom" value=${whom} onChange=${put(setWhom)}>
        <option value="machine">one machine</option>
        <option value="group">a group</option>
        <option value="all">everybody</option>
      </select></label>
      ${whom === 'machine' && html`<label>Machine: name, address or MAC, or a user logged on at one <input name="machine" required autocomplete="off" spellcheck=${false} value=${machine} onInput=${put(setMachine)} /></label>`}
      ${whom === 'group' && html`<label>Group <select name="group" value=${group} onChange=${put(setGroup)}>${groups.map((one) => html`<option key=${one}>${one}</option>`)}</select></label>`}
      <label>How long <select name="for" value=${lasts} onChange=${put(setLasts)}>
        ${LASTING.map(([value, text]) => html`<option key=${value} value=${value}>${isPause && value === '' ? 'until somebody ends it' : text}</option>`)}
      </select></label>
      ${lasts === 'other' && html`<label>Time, such as 30m, 8h, 2d <input name="other" required size="6" value=${other} onInput=${put(setOther)} /></label>`}
      ${!isPause && html`<label>Why, for who looks at it later <input name="reason" maxlength="500" value=${reason} onInput=${put(setReason)} /></label>`}
      <${Said} text=${said} />
      <div class="row">
        <button aria-disabled=${busy} class="main">${busy ? 'asking…' : isPause ? 'Stop blocking' : `${asked.action === 'allow' ? 'Allow' : 'Block'}${isBroad ? ' all of it' : ''}`}</button>
        <button type="button" onClick=${() => dialog.current?.close()}>Cancel</button>
      </div>
    </form>
  </dialog>`;
}

/** @param {string} name @param {ActAsked['action']} action */
const broadText = (name, action) =>
  `${name} is a single label, or a suffix below which strangers have names (com, co.uk, github.io). All names below it would be ${action === 'allow' ? 'allowed' : 'blocked'}. If that is meant, press again.`;

/** @param {(value: string) => void} set */
const put = (set) => (/** @type {Event} */ event) =>
  set(/** @type {HTMLInputElement} */ (event.currentTarget).value);

/** @param {'allow' | 'block'} action @param {{ name: string, client?: string, group?: string, for?: string, reason?: string, broad?: boolean }} wanted @param {string} machine as it is called */
async function decide(action, wanted, machine) {
  const { overrides } = await /** @type {Promise<{ overrides: OverrideView[] }>} */ (
    ask('overrides', { action, ...wanted })
  );
  const [made] = overrides;
  if (made === undefined) return;
  tellDone(
    `${made.name} is ${action === 'allow' ? 'allowed' : 'blocked'} for ${whomText({ client: made.client && machine, group: made.group })}${made.until === null ? '' : ` until ${momentFrom(made.until)}`}${made.inForce ? '' : ', but that machine has no address now'}.`,
    () => takeBack(made.id),
  );
}

/** @param {{ client?: string, group?: string, for?: string }} wanted @param {string} machine as it is called */
async function pause(wanted, machine) {
  await ask('pause', wanted);
  const whom = whomText({ client: wanted.client && machine, group: wanted.group ?? null });
  tellDone(`Nothing is blocked for ${whom}.`, () =>
    ask(
      'resume',
      wanted.client !== undefined
        ? { client: wanted.client }
        : wanted.group !== undefined
          ? { group: wanted.group }
          : {},
    ),
  );
}

/** @param {string} id */
export const takeBack = (id) => ask(`overrides/${encodeURIComponent(id)}/remove`, {});

/** @param {{ client?: string | null | undefined, group: string | null }} override */
export const whomText = ({ client, group }) => client ?? (group === null ? 'everybody' : `group ${group}`);
