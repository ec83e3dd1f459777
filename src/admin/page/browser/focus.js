// The focus stays where somebody works: when what has it goes away, or can be pressed no more, the stop before it gets it. Without
// that it would be nowhere, unseen and unheard, after each incident that is acknowledged. What waits keeps it, and cannot be pressed.
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
  // `disabled` would do so too, and take the focus away.
  const leaveWaiting = (/** @type {Event} */ event) => {
    if (!(event.target instanceof Element) || event.target.closest('[aria-disabled="true"]') === null) return;
    event.preventDefault();
    event.stopPropagation();
  };
  page.addEventListener('click', leaveWaiting, { capture: true });
  new MutationObserver(look).observe(page, { childList: true, subtree: true, attributeFilter: ['disabled'] });
}
