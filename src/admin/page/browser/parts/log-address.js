// What is searched for in the log, as the page's address says it.

/** @typedef {Record<'client' | 'user' | 'name' | 'type' | 'outcome' | 'list' | 'upstream' | 'since' | 'until', string>} Filter */

/** @type {Filter} */
export const EMPTY = {
  client: '',
  user: '',
  name: '',
  type: '',
  outcome: '',
  list: '',
  upstream: '',
  since: '24h',
  until: '',
};

/** `#log/name=gate&since=7d`. @param {string} hash @returns {Filter} */
export const filterOf = (hash) => ({
  ...EMPTY,
  ...Object.fromEntries(new URLSearchParams(hash.replace(/^#\/?log\/?/, ''))),
});

/** @param {Filter} filter */
export function hashOf(filter) {
  const wanted = Object.entries(filter).filter(
    ([name, value]) => value !== EMPTY[/** @type {keyof Filter} */ (name)],
  );
  return wanted.length === 0 ? '#log' : `#log/${new URLSearchParams(wanted)}`;
}
