// The focus stays where somebody works: when what has it goes away, or can be pressed no more, the stop before it gets it. Without
// that it would be nowhere, unseen and unheard, after each incident that is acknowledged.
const STOPS = 'a[href], button, input, select, textarea, summary, [tabindex]';

/** @param {Element} page whose parts come and go */
export function keepFocus(page) {
  /** @type {HTMLElement | null} */
  let last = null;
  /** @type {HTMLElement[]} */
  let before = [];
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    last = target;
    const stops = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(STOPS)]);
    before = stops.slice(0, stops.indexOf(target));
  });
  const isThere = (/** @type {HTMLElement} */ one) =>
    one.isConnected && !one.matches(':disabled') && one.getClientRects().length > 0;
  const look = () => {
    const { activeElement } = document;
    // A browser takes it from what is disabled a moment later.
    if (last === null || isThere(last) || (activeElement !== document.body && activeElement !== last)) return;
    last = null;
    before.findLast(isThere)?.focus({ preventScroll: true });
  };
  new MutationObserver(look).observe(page, { childList: true, subtree: true, attributeFilter: ['disabled'] });
}
