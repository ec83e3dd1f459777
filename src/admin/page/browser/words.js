// How the page says numbers, times, machines and what the API calls by a word of its own.

/** @param {string} one @param {string} many */
const counting = (one, many) => (/** @type {number} */ count) =>
  `${number(count)} ${count === 1 ? one : many}`;
/** @param {number} value */
export const number = (value) => value.toLocaleString('en');
export const names = counting('name', 'names');
export const entries = counting('entry', 'entries');
export const linesLeftOut = counting('line left out', 'lines left out');
export const queries = counting('query', 'queries');
export const problems = counting('problem', 'problems');
export const machines = counting('machine', 'machines');
export const lists = counting('list', 'lists');
export const addresses = counting('address', 'addresses');
export const expressions = counting('expression', 'expressions');

/** Of all times on the page: its name, and its distance from UTC now. */
export function zone() {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (name === 'UTC') return name;
  return `${name ?? 'that of this browser'} (now ${fromUtc(new Date())})`;
}

/** `UTC+5:30`; in the zone of the browser, at that moment. @param {Date} date */
function fromUtc(date) {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const clockOf = `${Math.floor(Math.abs(minutes) / 60)}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`;
  return `UTC${minutes < 0 ? '−' : '+'}${clockOf}`;
}

/** By which the page's hours and days begin: how far its clock is ahead of UTC now, in minutes. The log counts in tens of them. */
export const offset = () => -Math.trunc(new Date().getTimezoneOffset() / 10) * 10 || 0;

/** Clocks are set by no more. */
const TURN_MS = 3_600_000;

// Swedish writes a moment as ISO 8601 does, in local time: it sorts, and no reader takes days for months.
/** @param {string | null | undefined} iso */
export function time(iso) {
  if (iso === null || iso === undefined) return '–';
  const date = new Date(iso);
  const text = date.toLocaleString('sv');
  // Where the clock is set back, an hour comes twice: only its distance from UTC tells which.
  const isTwice = [-TURN_MS, TURN_MS].some(
    (ms) => new Date(date.getTime() + ms).getTimezoneOffset() !== date.getTimezoneOffset(),
  );
  return isTwice ? `${text} (${fromUtc(date)})` : text;
}
/** @param {Date} date */
export const clock = (date) => date.toLocaleTimeString('sv');

/** Something to come: of today its time is enough. @param {string} iso */
export function momentFrom(iso) {
  const date = new Date(iso);
  return date.toDateString() === new Date().toDateString() ? clock(date) : time(iso);
}

/** The two largest units. @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

/**
 * Part of a name, whatever it was pasted from: defanged, of a URL its host. Other letters than ASCII stay what they are, since part of a
 * label has no form as an A-label: they are looked for in what names spell (`spelledName`).
 * @param {string} pasted
 */
export function partOfName(pasted) {
  return pasted
    .trim()
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('。', '.')
    .replace(/\s*[[({](\.|:|dot)[\])}]\s*/g, (_, mark) => (mark === ':' ? ':' : '.'))
    .replace(/^[a-z*]+:\/\/(?:[^/?#@]*@)?([^/?#:]*).*$/, '$1');
}

/**
 * With who was logged on; of several nobody knows who asked.
 * @param {{ ip: string, name: string | null, user?: string | null, users?: readonly string[] }} client
 */
export function nameOf({ ip, name, user, users }) {
  const who = users ?? (user == null ? [] : [user]);
  const known = [...(name === null ? [] : [name]), ...(who.length === 0 ? [] : [`user ${who.join(' or ')}`])];
  return known.length === 0 ? ip : `${ip} (${known.join(', ')})`;
}

/** What a client got. Only `data` is the answer that an attacker wants it to have. @type {Record<string, string>} */
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
  local: 'answered from the configuration',
  partlyBlocked: 'blocked in part',
  unrecorded: 'outcome not recorded',
};

/** @type {Record<string, string>} */
export const ENDS = {
  silent: 'asked no more',
  past: 'found in the history only',
  merged: 'goes on as another incident',
  paused: 'not watched: blocking was paused',
  delisted: 'not watched: what it asked for is no longer listed',
  allowed: 'not watched: allowed now',
  'alert-off': 'not watched: its list alerts no more',
  unreached: 'not watched: blocked before what is listed, or not looked at',
  evicted: 'not followed: too many at once',
};

/** @type {Record<string, string>} */
export const LIST_STATES = {
  new: 'new, never tried',
  fetching: 'being fetched for the first time',
  good: 'good',
  empty: 'empty by its owner',
  stale: 'stale',
  refused: 'refused',
  failed: 'failed',
};

/** Who says a machine's name. @type {Record<string, string>} */
export const NAME_SOURCES = {
  config: 'the configuration',
  hosts: 'the hosts file',
  lease: 'its DHCP lease',
  ptr: 'reverse DNS',
  client: 'the machine itself',
  inferred: 'another address of the same MAC',
};

/** The same of what the history has, which tells less apart. @type {Record<string, string>} */
export const PAST_OUTCOMES = {
  answered: 'answered',
  unrecorded: 'outcome not recorded',
  local: 'answered from the configuration',
  failed: 'not resolved',
  refused: 'refused',
  blocked: 'blocked',
  rewritten: 'rewritten by a list',
};

/** @param {Record<string, number | undefined>} counts @param {Record<string, string>} words */
const countsText = (counts, words) =>
  Object.entries(counts)
    .map(([name, count]) => `${number(count ?? 0)} ${words[name] ?? name}`)
    .join(', ');

/**
 * What an incident got, and before it was listed.
 * @param {Pick<import('../../../hits/incidents/summary.ts').IncidentSummary, 'outcomes' | 'past' | 'first'>} incident
 */
export function gotText({ outcomes, past, first }) {
  const now = countsText(outcomes, OUTCOMES);
  if (past === null) return now;
  const classes = Object.entries(past).filter(([name, count]) => name in PAST_OUTCOMES && Number(count) > 0);
  const when = first < past.first ? 'while it was not listed' : 'before it was listed';
  const before = `${when} with an alert: ${countsText(Object.fromEntries(classes.map(([name, count]) => [name, Number(count)])), PAST_OUTCOMES)}`;
  return now === '' ? before : `${now}; ${before}`;
}

/** An answer with data is what the attacker wants. @param {Parameters<typeof gotText>[0]} incident */
export const gotData = ({ outcomes, past }) => (outcomes.data ?? 0) > 0 || (past?.answered ?? 0) > 0;
