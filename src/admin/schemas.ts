// The shapes of requests and responses as JSON Schema: what is checked on the way in, what is let out (a field that is not
// here is not sent), and what openapi.json describes.

import { recordType } from './events/hit-schemas.ts';
import { pausedMachinesSchema } from './events/paused-machines.ts';
import { pauses } from './events/schemas.ts';
import { servedSchema } from './served/view.ts';
import {
  bounded,
  count,
  DATE,
  described,
  flag,
  list,
  number,
  object,
  orNull,
  type Schema,
  said,
  text,
  texts,
  time,
} from './shapes.ts';

const health = object({
  healthy: said('False: something is so wrong that a restart may help.', flag),
  ready: said('True while queries are answered by the rules that should be in force.', flag),
  revision: said('Counts what was put into force since the start.', count),
  since: time,
  refused: said(
    'What was refused last and is not mended yet; what was in force before it stays in force.',
    orNull(object({ kind: text, since: time, reason: text })),
  ),
  problems: said(
    'What a person should look at.',
    list(object({ id: text, since: time, what: text, remedy: text })),
  ),
});

const counters: Schema = { type: 'object', additionalProperties: count };

const upstream = object({
  name: text,
  transport: text,
  fallback: said('Asked only when all of the default ones fail.', flag),
  healthy: said('False after eight queries in a row without an answer in time.', flag),
  condition: said(
    'unsure: it is still asked, and did not answer its last queries in time, or has not answered yet.',
    { type: 'string', enum: ['answers', 'unasked', 'unsure', 'down'] },
  ),
  state: said('In words: `answers`, `not asked yet`, `does not answer` …', text),
  rttMs: orNull(number),
  queries: count,
  responses: count,
  failures: count,
});

const status = object({
  version: text,
  pid: count,
  startedAt: time,
  uptimeSeconds: number,
  listening: texts,
  admin: orNull(text),
  workers: object({
    configured: count,
    answering: count,
    replaced: count,
    hitsReplaced: said('How often the thread that stores hits ended and was replaced.', count),
  }),
  config: object({
    file: text,
    lastReload: orNull(object({ time, error: orNull(text) })),
    waitsForRestart: texts,
  }),
  certificate: orNull(object({ names: text, notAfter: time })),
  rules: object({ names: count, patterns: count, revision: count }),
  lists: object({ total: count, stale: texts, missing: texts }),
  served: servedSchema,
  paused: pauses,
  pausedMachines: pausedMachinesSchema,
  upstreams: list(upstream),
  cache: object({ entries: count, octets: count, hits: count, misses: count }),
  out: list(
    object({
      name: text,
      kind: text,
      waiting: said('Events that are not delivered yet.', count),
      waitingOctets: said('What they take on the disk.', count),
      oldest: said('Since when the oldest waits; null: none does.', orNull(time)),
      delivered: count,
      lost: said('Events given up: no room, too old, or refused.', count),
      error: said('Why not all is delivered at present; null: it is.', orNull(text)),
      takesPart: said('With an error: whether a part is taken all the same.', flag),
      failingSince: orNull(time),
    }),
  ),
  hitLog: object({
    failing: flag,
    linesLost: count,
    stdoutLost: said('Hit lines that standard output did not take.', count),
  }),
  counters: said('Sums since the start, by name.', counters),
  users: said(
    'Logon events of `clients.users`.',
    object({
      listening: said('Where they are taken.', texts),
      sessions: said('Users that are logged on.', count),
      accepted: said('Messages that counted.', count),
      strangers: said('Messages of nobody who is trusted.', count),
      refused: said('RADIUS requests that are malformed, or whose authenticator is wrong.', count),
    }),
  ),
  health,
});

const listView = object({
  name: text,
  source: text,
  byHand: said('Not of the configuration: made of what somebody allowed or blocked by hand.', flag),
  action: text,
  mode: text,
  format: orNull(text),
  entries: count,
  patterns: count,
  skipped: count,
  skips: said(
    'Why lines were left out; those with `inForce` are not, but somebody should know of them.',
    list(object({ text, count, inForce: flag })),
  ),
  expired: said('Entries that only watch, since their time is over; they count as entries.', count),
  nextExpiry: said("When the next entry's time is over.", orNull(time)),
  undated: said(
    'Entries that never end for want of a date, though the setting `expires` is a duration.',
    count,
  ),
  state: {
    type: 'string',
    enum: ['new', 'fetching', 'good', 'empty', 'stale', 'refused', 'failed'],
    description:
      'new: never tried. fetching: its first attempt is under way. good: the present text is in force. empty: likewise, and its owner has nothing on it. stale: an older text is in force, the last attempt failed. refused: what came last was not accepted. failed: nothing is in force, no attempt succeeded.',
  },
  since: said('When that began.', orNull(time)),
  why: said('Why it is not good.', orNull(text)),
  inForce: said("Something of it is in force, be it nothing by its owner's will.", flag),
  fetching: said('Its source is being asked now.', flag),
  condition: {
    type: 'string',
    enum: ['ok', 'stale', 'failed', 'pending'],
    description: '`state` in fewer words.',
  },
  overdue: said('Stale beyond its limit, or nothing in force that should be.', flag),
  lastGood: orNull(time),
  lastChange: orNull(time),
  lastCheck: orNull(time),
  nextCheck: orNull(time),
  lastError: orNull(text),
});

const indicator = object({
  campaign: orNull(text),
  source: orNull(text),
  firstPublished: orNull(text),
  confidence: orNull(text),
  note: orNull(text),
  expires: said('Date or time from which on it only watches.', orNull(text)),
});

const own = object({
  setting: said('local.records, local.hosts, local.specialNames, local.canaries or resolver', text),
  name: said('The entry that covers the name', text),
  rcode: text,
  records: texts,
  addresses: texts,
});

const decision = object({
  name: text,
  type: text,
  client: object({
    ip: said(
      'null: the machine has not shown itself yet, and is decided for by the group that names it.',
      orNull(text),
    ),
    name: orNull(text),
    mac: orNull(text),
    group: orNull(text),
  }),
  verdict: said('pass, allow, sinkhole, nxdomain, nodata, refused, drop or monitor', text),
  rewritten: said("A rule's own data stand in the answer's place; the verdict is sinkhole then.", flag),
  access: said('allowed or refused: whether access.allow lets the client ask at all', text),
  answeredBy: said('Which step answers: records, lists, special, any, refused, rebinding or upstreams', text),
  own: orNull(own),
  leadsTo: said(
    "The name that is asked for in its place: own aliases or a rule's CNAME lead there",
    orNull(text),
  ),
  records: said('What cenote answers with at once', texts),
  via: said("The alias or address behind the name that a list's rule matched", orNull(text)),
  reply: said(
    'What the client gets; null where it is not known',
    orNull(object({ rcode: text, records: texts })),
  ),
  upstreamAnswer: said('kept or asked: where what upstreams say was had from', orNull(text)),
  rule: orNull(text),
  list: orNull(text),
  indicator: orNull(indicator),
  blockedTarget: said(
    "The name that the rule's CNAME leads to, where that is blocked in turn, and by what",
    orNull(object({ name: text, list: text, rule: text })),
  ),
  answer: texts,
  entries: list(
    object({ list: text, rule: text, scope: text, action: text, mode: text, used: flag, holds: flag }),
  ),
  paused: said("The group's blocking is paused.", flag),
  outsideSchedule: said("The group's schedule leaves its lists out of force now.", flag),
  upstreams: object({ setting: said('The setting that names them', text), servers: texts }),
  inspected: said("What the answer leads to is checked against the group's lists.", flag),
  rebinding: said('Whether private addresses are withheld: protected, exempt or off', text),
  lines: list(object({ list: text, line: count, text })),
});

/** Every error, whatever its status. */
export const errorSchema: Schema = object({ error: object({ code: text, message: text }) });

export const RESPONSES = {
  status,
  lists: object({ lists: list(listView) }),
  decision,
  health: { ...health, required: ['healthy', 'ready'] },
  openapi: { type: 'object', additionalProperties: true },
} as const satisfies Record<string, Schema>;

const NAME_CHARACTERS_MAX = 1024; // 255 octets, each as \DDD

export const QUERIES = {
  question: {
    type: 'object',
    required: ['name'],
    properties: {
      name: {
        type: 'string',
        minLength: 1,
        maxLength: NAME_CHARACTERS_MAX,
        description: 'The name asked for.',
      },
      type: { ...recordType, default: 'A' },
      client: {
        type: 'string',
        minLength: 1,
        maxLength: 64,
        description: 'The machine to decide for: its address, MAC or name; unset, that of whoever asks.',
      },
      at: described(
        { pattern: `^(?:(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|${DATE})$` },
        said('The time to decide for: 19:30 (today), 2026-11-29T19:30; else now.', bounded(40)),
      ),
      ask: {
        type: 'string',
        enum: ['true', 'false'],
        description: 'Whether upstreams are asked for what no resolver thread keeps.',
      },
    },
    additionalProperties: false,
  },
} as const satisfies Record<string, Schema>;
