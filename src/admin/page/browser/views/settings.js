// Settings: the configuration file's own lines, and one setting changed in its place, with what would change shown first.
import { useGrowing } from '../growing.js';
import { html, useMemo, useState } from '../kit.js';
import { useAsk, WHEN_CHANGED } from '../live.js';
import { Said, Section } from '../parts/bits.js';
import { useChange } from '../parts/change.js';

/** @import { SettingsView, SettingChangeView } from '../../../overrides/settings-routes.ts' */
/** @typedef {SettingsView['lines'][number]} Line */

const PART_LINES = 250;

/** @param {{ lines: readonly Line[], edit: (line: Line) => void }} props */
const Lines = ({ lines, edit }) =>
  lines.map(
    (line) => html`<div class="line" key=${line.line}>
      <span class="dim">${line.line}</span><span>${line.text}</span>
      ${line.path === null ? html`<span></span>` : html`<button type="button" data-needs="admin" class="link" aria-label=${`Change ${line.path.join('.')}`} onClick=${() => edit(line)}>Change</button>`}
    </div>`,
  );

export function View() {
  const { data, failure, again } = useAsk('settings', { everyMs: WHEN_CHANGED });
  const settings = /** @type {SettingsView | null} */ (data);
  const [path, setPath] = useState('');
  const [value, setValue] = useState('');
  const { said, busy, forget, look: lookAt, diff } = useChange(again);
  const edit = (/** @type {Line} */ line) => {
    setPath((line.path ?? []).join('.'));
    setValue(line.value ?? '');
    forget();
    document.getElementById('setting-value')?.focus();
  };
  // Made once, and not all in one step: a file may have a hundred thousand lines.
  const parts = useMemo(() => {
    const lines = settings?.lines ?? [];
    const starts = Array.from({ length: Math.ceil(lines.length / PART_LINES) }, (_, i) => i * PART_LINES);
    return starts.map(
      (at) => html`<${Lines} key=${at} lines=${lines.slice(at, at + PART_LINES)} edit=${edit} />`,
    );
  }, [settings]);
  const shown = useGrowing(parts);
  const look = async (/** @type {string | null} */ next) => {
    const at = partsOf(settings, path);
    const body = { path: at, value: next, base: settings?.digest };
    // Somebody may have written a file that is not in force.
    if (!(await lookAt('settings', body, toldOf(at.join('.'))))) await again();
  };
  if (settings === null)
    return html`<${Section} title="Settings"><${Said} text=${failure} />${failure === '' && html`<p class="dim">asking…</p>`}<//>`;
  return html`
    <${Section} title="Change a setting">
      ${settings.readOnly !== null && html`<p class="warn">It can only be read here: ${settings.readOnly}.</p>`}
      ${settings.waitsForRestart.length > 0 && html`<p class="warn">Waits for a restart: ${settings.waitsForRestart.join(', ')}.</p>`}
      <form id="change" data-needs="admin" onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        void look(value);
      }}>
        <label>Setting <input id="setting-path" required size="24" autocomplete="off" spellcheck=${false} placeholder="cache.entries" value=${path}
          onInput=${(/** @type {Event} */ event) => {
            forget();
            setPath(/** @type {HTMLInputElement} */ (event.currentTarget).value);
          }} /></label>
        <label>Value, as YAML <input id="setting-value" required size="32" autocomplete="off" spellcheck=${false} value=${value}
          onInput=${(/** @type {Event} */ event) => {
            forget();
            setValue(/** @type {HTMLInputElement} */ (event.currentTarget).value);
          }} /></label>
        <button aria-disabled=${busy}>Show the change</button>
        <button type="button" aria-disabled=${busy} disabled=${path === ''} onClick=${() => look(null)}>Show its removal</button>
        <${Said} text=${said || failure} />
      </form>
      ${diff}
    <//>
    <${Section} title=${settings.file}>
      <div class="yaml" tabindex="0" role="region" aria-label="Lines of the configuration">
        ${shown}
      </div>
    <//>`;
}

/** @param {string} setting @returns {(answer: SettingChangeView) => string} */
const toldOf = (setting) => (answer) =>
  answer.waitsForRestart.some((one) => `${one}.`.startsWith(`${setting}.`) || setting.startsWith(`${one}.`))
    ? `${setting} is changed in the file, and takes effect at the next start.`
    : `${setting} is changed and in force.`;

/** A key may hold dots itself: those of the file go before. @param {SettingsView | null} settings @param {string} path */
function partsOf(settings, path) {
  const known = settings?.lines.find((line) => line.path?.join('.') === path.trim())?.path;
  return known ?? path.trim().split('.');
}
