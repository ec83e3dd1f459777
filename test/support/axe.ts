// axe-core in the page that is open: what a screen reader or a keyboard would stumble over.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from './browser.ts';

/** @returns each rule that is broken, and where */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.value<boolean>("typeof axe !== 'undefined'"))) {
    const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.value(`${source}; void 0`);
  }
  return page.value<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`);
}

/** What is cut off at the right, or makes the page wider than the screen. */
export const overflowing = (page: Page): Promise<string[]> =>
  page.value(`[...document.querySelectorAll('td, button, input, select, textarea, dd, h2, p')]
    .filter((one) => one.getClientRects().length > 0 && one.closest('#views, .unseen, .figures') === null)
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
    .map((one) => one.outerHTML.slice(0, 120))
    .concat(document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the screen'] : [])`);
