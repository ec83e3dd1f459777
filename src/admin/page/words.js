// How the page says numbers, times, machines and what the API calls by a word of its own.

const counting = (one, many) => (count) =>
  `${Number(count).toLocaleString()} ${Number(count) === 1 ? one : many}`;
export const names = counting('name', 'names');
export const queries = counting('query', 'queries');
export const hits = counting('hit', 'hits');
export const problems = counting('problem', 'problems');
export const linesLeftOut = counting('line left out', 'lines left out');

/** Of all times on the page. */
export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'of this browser';
// Swedish writes a moment as ISO 8601 does, in local time: it sorts, and no reader takes days for months.
export const time = (iso) => (iso === null ? '–' : new Date(iso).toLocaleString('sv'));
export const clock = (date) => date.toLocaleTimeString('sv');

/** The two largest units. */
export function duration(seconds) {
  const whole = Math.floor(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${whole} s`;
}

/** With who was logged on; of several nobody knows who asked. */
export function nameOf({ ip, name, user, users }) {
  const who = users ?? (user == null ? [] : [user]);
  const known = [...(name === null ? [] : [name]), ...(who.length === 0 ? [] : [`user ${who.join(' or ')}`])];
  return known.length === 0 ? ip : `${ip} (${known.join(', ')})`;
}

/** What a client got. Only `data` is the answer that an attacker wants it to have. */
export const OUTCOMES = {
  data: 'answered',
  nodata: 'no such record',
  nxdomain: 'no such name',
  failed: 'failed',
  refused: 'refused',
  withheld: 'private address kept back',
  blocked: 'blocked',
  rewritten: 'rewritten by a list',
  truncated: 'told to use TCP',
  limited: 'over the rate limit',
  dropped: 'no reply',
  local: 'answered by cenote itself',
  partlyBlocked: 'blocked in part',
  unrecorded: 'outcome not recorded',
};

/** The same of what the history has, which tells less apart. */
export const PAST_OUTCOMES = {
  answered: 'answered',
  unrecorded: 'outcome not recorded',
  local: 'answered by cenote itself',
  failed: 'got no data',
  blocked: 'blocked',
  refused: 'refused',
};

export const ENDS = {
  silent: 'asked no more',
  past: 'found in the history only',
  merged: 'goes on as another incident',
  paused: 'not watched: blocking was paused',
  delisted: 'not watched: no longer listed as part of this campaign',
  allowed: 'not watched: allowed now',
  'alert-off': 'not watched: its list alerts no more',
  evicted: 'not followed: too many at once',
};

export const LIST_STATES = {
  new: 'new, never tried',
  fetching: 'being fetched for the first time',
  empty: 'empty by its owner',
};
