// What a person does before the page: reads, presses what is called so, fills in, goes elsewhere.
import type { Page } from './browser.ts';
import { until } from './tool.ts';

export interface Person {
  /** Text of an element; of the whole page unless said. */
  readonly text: (selector?: string) => Promise<string>;
  /** Waits until the page says it. */
  readonly sees: (wanted: RegExp, what?: string) => Promise<void>;
  /** Clicks on what is called so (a button's or link's words or its label), or on a selector. */
  readonly presses: (name: string) => Promise<void>;
  /** Fills in a field by its label's beginning. */
  readonly writes: (label: string, value: string) => Promise<void>;
  readonly goes: (hash: string) => Promise<void>;
}

/** What is there of that name, seen, and does something when it is pressed; a dialog goes before what is behind it. */
const FIND = `(name) => {
  const root = document.querySelector('dialog[open]') ?? document;
  const seen = (one) => one.getClientRects().length > 0 && !one.disabled && one.ariaDisabled !== 'true';
  const called = [...root.querySelectorAll('button, a, summary, input[type=checkbox]')].filter(seen).find((one) =>
    one.textContent.trim() === name || one.getAttribute('aria-label') === name || one.closest('label')?.textContent.trim().startsWith(name));
  if (called !== undefined) return called;
  try { return [...root.querySelectorAll(name)].find(seen); } catch { return undefined; }
}`;

const FIELD = `(label) => {
  const root = document.querySelector('dialog[open]') ?? document;
  return [...root.querySelectorAll('label')].find((one) => one.textContent.trim().startsWith(label))?.querySelector('input, select, textarea');
}`;

export function personAt(page: Page): Person {
  const value = <T>(expression: string): Promise<T | null> => page.value<T>(expression).catch(() => null);
  const quoted = (text: string): string => JSON.stringify(text);
  return {
    text: async (selector = 'body') =>
      (await value<string>(`document.querySelector(${quoted(selector)})?.innerText ?? ''`)) ?? '',
    sees: async (wanted, what = String(wanted)) => {
      await until(`the page to say ${what}`, async () =>
        wanted.test((await value<string>('document.body.innerText')) ?? ''),
      );
    },
    presses: async (name) => {
      const press = `(() => { const found = (${FIND})(${quoted(name)}); found?.focus(); found?.click(); return found !== undefined; })()`;
      await until(`something called ${name}`, async () => (await value<boolean>(press)) === true);
    },
    writes: async (label, text) => {
      const write = `(() => {
        const field = (${FIELD})(${quoted(label)});
        if (field == null) return false;
        field.focus();
        field.value = ${quoted(text)};
        field.dispatchEvent(new Event('input', { bubbles: true }));
        field.dispatchEvent(new Event('change', { bubbles: true }));
        return true;
      })()`;
      await until(`a field ${label}`, async () => (await value<boolean>(write)) === true);
    },
    goes: async (hash) => {
      await page.value(`void (location.hash = ${quoted(hash)})`);
    },
  };
}
