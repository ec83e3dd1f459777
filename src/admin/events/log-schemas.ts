// The shapes of the query log, as JSON Schema.
import { OUTCOME_WORDS, OUTCOMES } from '../../querylog/outcome.ts';
import { TOP_OF } from '../../querylog/read/question.ts';
import {
  bounded,
  count,
  described,
  flag,
  list,
  number,
  object,
  orNull,
  type Schema,
  said,
  since,
  text,
  time,
  wanted,
} from '../shapes.ts';
import { recordType, whoWasLoggedOn } from './hit-schemas.ts';

const whole = (maxLength: number): Schema => ({
  type: 'string',
  pattern: `^(0|[1-9][0-9]{0,${maxLength - 1}})$`,
});
/** @param most a power of ten */
const limited = (most: number, usual: number): Schema =>
  said(`At most so many, up to ${most}; ${usual} unless said.`, {
    type: 'string',
    pattern: `^([1-9][0-9]{0,${String(most).length - 2}}|${most})$`,
  });

/** What is meant unless said. */
export const USUAL = { since: '24h', rows: 100, top: 20, step: '10m', of: 'machines' } as const;

const from = since(`From when on: a duration back from now, or a date; ${USUAL.since} unless said.`);
const until = since('Before this moment, as `since`.');
const filters = {
  since: from,
  until,
  client: said(
    'Of this machine: its name, MAC, id or address; or a user, as `user`. Both hold where both are said.',
    bounded(256),
  ),
  user: said(
    'While this user was logged on there; without a domain of any. A page may then have fewer rows than `limit` and yet a `cursor`.',
    bounded(256),
  ),
  name: said('Part of a name; with `*` or `?` a pattern of the whole name.', bounded(1024)),
  type: recordType,
  outcome: described(
    { enum: OUTCOME_WORDS },
    said(
      `${OUTCOMES.join(', ')}; or what the client got, as \`result\`: nxdomain, nodata, failed.`,
      bounded(32),
    ),
  ),
  list: said('Name of the list that decided.', bounded(256)),
  upstream: said('Upstream that answered, as /api/v1/status names it.', bounded(256)),
} as const;

export const LOG_QUERIES = {
  rows: wanted({
    ...filters,
    limit: limited(1000, USUAL.rows),
    cursor: said('Where a page ended.', { type: 'string', pattern: '^[0-9]{1,16}\\.[0-9]{1,9}$' }),
  }),
  tail: wanted({ ...filters, after: said('As the answer before gave it; unset, from now on.', whole(15)) }),
  stream: wanted({
    ...filters,
    after: said('Go on behind this event, as `Last-Event-ID`; unset, from now on.', bounded(32)),
  }),
  export: wanted({ ...filters, format: { type: 'string', enum: ['jsonl', 'csv'] } }),
  top: wanted({
    since: from,
    until,
    of: { type: 'string', enum: [...TOP_OF] },
    limit: limited(1000, USUAL.top),
  }),
  charts: wanted({
    since: from,
    step: { type: 'string', enum: ['10m', '1h', '1d'] },
    offset: said('Hours and days begin by a clock so many minutes ahead of UTC, in tens; 0 unless said.', {
      type: 'string',
      pattern: '^(0|-?[1-9][0-9]?0)$',
    }),
  }),
} as const satisfies Record<string, Schema>;

const row = object({
  time,
  count: said('Equal queries inside two seconds that this row stands for.', count),
  client: wanted(
    {
      ip: text,
      name: orNull(text),
      mac: orNull(text),
      group: orNull(text),
      machine: text,
      ...whoWasLoggedOn,
    },
    ['ip', 'name', 'mac', 'group', 'machine'],
  ),
  name: text,
  type: text,
  class: text,
  transport: text,
  result: said('What the client got, as in hits.', text),
  outcome: said('The same in one of six words.', { type: 'string', enum: [...OUTCOMES] }),
  rcode: said('null: no reply.', orNull(text)),
  list: said('That decided.', orNull(text)),
  rule: orNull(text),
  upstream: said('That answered, or failed last.', orNull(text)),
  from: said(
    'What answered: list, cache, stale cache, upstream, own record, policy, cenote, nobody (upstreams failed); or what refused: access.allow (who asks is outside of it), type or class (that cenote does not forward).',
    text,
  ),
  waitedMs: said('How long the client waited for upstreams; null: it did not.', orNull(number)),
});

/** Of which time the log can speak. */
export const logCoverage = object({
  since: said('The oldest query that is kept; null: there is none.', orNull(time)),
  gaps: said('Times of which not all queries are in the log.', list(object({ from: time, to: time }))),
  lost: said('Queries that found no room, or cannot be read any more.', count),
});
/** What the log has at present. */
export const keptNow: Readonly<Record<string, Schema>> = {
  keepsLog: said('false: no query is logged at present.', flag),
  leavesHitsOut: said('The log is under pseudonyms at present, and what was a hit is not in it.', flag),
  isHeldUp: said(
    'true: the log cannot be written at present, and what was asked since is not in it yet.',
    flag,
  ),
};
const points = object({
  time,
  ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count])),
});

export const LOG_RESPONSES = {
  rows: object({
    since: time,
    ...keptNow,
    coverage: logCoverage,
    rows: list(row),
    cursor: said('null: there are no more.', orNull(text)),
  }),
  tail: object({
    rows: list(row),
    after: said('For the next question.', count),
    isCut: said('More came than are given.', flag),
    ids: said('Of each row, as `/api/v1/log/stream` gives it.', list(text)),
    missed: said(
      'Rows that are meant and not given; where they lie packed already, or with `user`, at most so many.',
      count,
    ),
  }),
  top: object({
    since: time,
    ...keptNow,
    of: text,
    top: list(
      object({
        what: said('Address of the machine, name, list or upstream.', text),
        name: said('Name of the machine.', orNull(text)),
        queries: count,
        blocked: orNull(count),
      }),
    ),
    approximate: said(
      'true: counts of names may be too low, and the last ones may not be those: in each part of the log only frequent names are counted.',
      flag,
    ),
    queries: said('All queries of that time.', count),
    coverage: logCoverage,
  }),
  charts: object({
    since: time,
    ...keptNow,
    step: text,
    offset: said('As it was asked for, in minutes.', number),
    coverage: logCoverage,
    points: list(points),
  }),
} as const satisfies Record<string, Schema>;
