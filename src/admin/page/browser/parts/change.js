// A change of the configuration file: what it would say is shown first, and done when somebody says so.
import { ask } from '../ask.js';
import { html, useState } from '../kit.js';
import { tellDone } from './act.js';
import { useAttempt } from './bits.js';
import { Diff } from './diff.js';

/** @import { ChangeView } from '../../../overrides/settings-routes.ts' */
/** @typedef {string | ((answer: any) => string)} Told the sentence shown once it is done, or a function that makes it from the API's answer */
/** @typedef {{ path: string, body: object, told: Told, change: ChangeView }} Wanted */

/** @param {() => Promise<unknown>} done asks anew for what the view shows */
export function useChange(done) {
  const [wanted, setWanted] = useState(/** @type {Wanted | null} */ (null));
  const { said, busy, run } = useAttempt();
  const forget = () => setWanted(null);
  return {
    said,
    busy,
    forget,
    /** @param {string} path of the API @param {Record<string, unknown> & { base?: string | undefined }} body `base`: of what was looked at, where that is known @param {Told} told */
    look: (path, body, told) =>
      run(async () => {
        forget();
        const change = await /** @type {Promise<ChangeView>} */ (ask(path, { ...body, dryRun: true }));
        setWanted({ path, body: { ...body, base: body.base ?? change.digest }, told, change });
      }),
    diff:
      wanted !== null &&
      html`<${Diff} change=${wanted.change} busy=${busy} cancel=${forget} go=${() =>
        run(async () => {
          const { path, body, told } = wanted;
          // Of a change that is refused, the file may be another than the one that was looked at.
          const answer = await ask(path, body).finally(forget);
          tellDone(typeof told === 'string' ? told : told(answer));
          await done();
        })} />`,
  };
}
