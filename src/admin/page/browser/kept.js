// What somebody looks for in a view stays with this step of the browser's way: who comes back to it finds it so, until the sign-in is
// over. The browser's own state of a step outlasts that, so it has a number alone, by which the rest is found.
import { useState } from './kit.js';

const PREFIX = 'cenote-step-';

/** @returns {Record<string, unknown>} */
function ofStep() {
  const step = /** @type {unknown} */ (history.state?.step);
  if (typeof step !== 'string') return {};
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + step) ?? '{}');
  } catch {
    return {};
  }
}

/** @returns {string | null} null: it has no number yet, and browsers give so many a minute; what is typed is kept with the next */
function numberOfStep() {
  const known = /** @type {unknown} */ (history.state?.step);
  if (typeof known === 'string') return known;
  const step = `${Date.now()}-${Math.random()}`;
  try {
    history.replaceState({ step }, '');
    return step;
  } catch {
    return null;
  }
}

/** @param {Record<string, unknown>} values */
function keep(values) {
  const step = numberOfStep();
  if (step === null) return;
  try {
    sessionStorage.setItem(PREFIX + step, JSON.stringify(values));
  } catch {
    // It is full: the steps before go.
    forgetKept();
  }
}

/**
 * @template T
 * @param {string} name of it in this view @param {T} first
 * @returns {[T, (value: T) => void]}
 */
export function useKept(name, first) {
  const [value, setValue] = useState(/** @type {T} */ (ofStep()[name] ?? first));
  return [
    value,
    (next) => {
      setValue(next);
      keep({ ...ofStep(), [name]: next });
    },
  ];
}

/** Whoever comes next is perhaps another. */
export function forgetKept() {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // Where a browser keeps nothing there is nothing.
  }
}
