// One setting changed by a view: what would change is shown first, and done when somebody says so.
import { ask } from '../ask.js';
import { html, useState } from '../kit.js';
import { tellDone } from './act.js';
import { useAttempt } from './bits.js';
import { Diff } from './diff.js';

/** @import { ChangeView } from '../../../overrides/settings-routes.ts' */

/** @param {() => Promise<unknown>} again asks anew for what the view shows */
export function useSetting(again) {
  const [wanted, setWanted] = useState(
    /** @type {{ path: readonly string[], body: object, change: ChangeView } | null} */ (null),
  );
  const { said, busy, run } = useAttempt();
  const forget = () => setWanted(null);
  return {
    said,
    busy,
    forget,
    /** @param {readonly string[]} path @param {string | null} value YAML; null removes it @param {string} [base] of what was looked at */
    look: (path, value, base) =>
      run(async () => {
        const change = await /** @type {Promise<ChangeView>} */ (
          ask('settings', { path, value, ...(base && { base }), dryRun: true })
        );
        setWanted({ path, body: { path, value, base: base ?? change.digest }, change });
      }),
    diff:
      wanted !== null &&
      html`<${Diff} change=${wanted.change} busy=${busy} cancel=${forget} go=${() =>
        run(async () => {
          await ask('settings', wanted.body);
          tellDone(`${wanted.path.join('.')} is changed and in force.`);
          forget();
          await again();
        })} />`,
  };
}
