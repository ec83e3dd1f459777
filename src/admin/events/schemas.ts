// The shapes of what happened, as JSON Schema: hits, incidents, a client's timeline, what a hunt found, pauses.

import { END_REASONS } from '../../hits/incidents/incident.ts';
import {
  bounded,
  count,
  eitherOf,
  flag,
  lasting,
  list,
  logon,
  number,
  object,
  orNull,
  type Schema,
  said,
  since,
  text,
  texts,
  time,
  wanted,
} from '../shapes.ts';
import { client, hit, indicator } from './hit-schemas.ts';
import { pausedMachinesSchema } from './paused-machines.ts';

const visitedName = object({ name: text, count, visits: count, first: time, last: time });
const sums: Schema = { type: 'object', additionalProperties: { type: 'integer', minimum: 0 } };

/** What came of queries that the history has. */
const classes = {
  answered: said('With a record of the type asked for.', count),
  failed: said(
    'NXDOMAIN, NODATA, SERVFAIL, no reply, or a private address of a public name kept back.',
    count,
  ),
  blocked: said("With the group's own answer to what is blocked.", count),
  rewritten: said('With what the rule itself says in place of it.', count),
  refused: count,
  local: said('From the configuration.', count),
  unrecorded: said('By an older release, which did not note it.', count),
};

export const incident = object({
  id: text,
  state: { type: 'string', enum: ['open', 'closed'] },
  severity: { type: 'string', enum: ['low', 'medium', 'high'] },
  retrospective: said('Found in the history: asked for before the names were listed.', flag),
  client,
  list: text,
  campaign: orNull(text),
  about: said('For people: the campaign, else the lists as they are called now.', text),
  indicator: orNull(indicator),
  opened: time,
  first: time,
  last: time,
  closed: orNull(time),
  acknowledged: orNull(time),
  hits: said('Queries, exactly.', count),
  names: list(visitedName),
  furtherHits: said('Of the hits, those for names beyond the ones shown.', count),
  beacon: said(
    'How regularly it asks: 1 is a clock. `sightings` are times 20 s or more apart. Null: too few to say.',
    orNull(object({ score: number, intervalMs: number, sightings: count })),
  ),
  machine: said('Id of the machine that asked.', text),
  addresses: said('That it asked from, the latest last.', texts),
  firstAddress: text,
  groups: texts,
  users: said('Who was logged on when it asked.', texts),
  lists: said('All that have what it asked for.', texts),
  formerLists: said('Of those, the names that lists had before they were renamed.', texts),
  indicators: list(indicator),
  visits: said('Attempts of one visit (A beside AAAA, retries) are one.', count),
  outcomes: said('What it got, as in hits, and how many of the hits but those in `past`.', sums),
  decided: said('The list that decided, and how many of the hits.', sums),
  past: said(
    'Of the hits, those that were found in the history: asked before they were listed.',
    orNull(object({ hits: count, first: time, last: time, ...classes })),
  ),
  furtherNames: said('Names beyond the ones shown.', count),
  furtherNamesAtLeast: said('There were more than could be told apart.', flag),
  beaconTooFew: said(
    'Why there is no score: at how many times it asked that are 20 s or more apart, whatever the name, and how many are needed.',
    orNull(object({ visits: count, needed: count })),
  ),
  end: said(`Why it ended (docs/alerts.md): ${END_REASONS.join(', ')}.`, orNull(text)),
  unseenNames: said('Not watched all the time since the last: silence says nothing.', list(text)),
  mergedInto: said('The incident of the same machine that it goes on as.', orNull(text)),
  reopened: said('How often it went on after an end.', count),
  unwatched: said(
    'Times in which an asking would not have been seen, and why.',
    list(object({ reason: text, from: time, to: orNull(time) })),
  ),
  told: said('When a receiver was last told.', orNull(time)),
});

export const askedInPast = object({
  name: said('*.NAME: a name below it, which one was not kept.', text),
  via: said('What stood behind the name, where the list has that; null: it has the name.', orNull(text)),
  count: said('Queries; where some may be of before `since`, those that are sure.', count),
  countMax: said('Queries at most.', count),
  visits: said('Times it came back; null where that was not noted.', orNull(count)),
  first: time,
  last: time,
  ...classes,
  allowed: said("Of the queries, those that the admin's own word let pass.", count),
});

const finding = object({
  client: said('As it was when it asked.', client),
  list: said('null when names were given.', orNull(text)),
  rules: said('Entries of the list that were asked for.', texts),
  isOfGroup: said("Whether the list is one of those of the client's group.", flag),
  names: said('Earliest first.', list(askedInPast)),
  furtherNames: said('Names of this client beyond those.', count),
});

export const pauses: Schema = list(
  object({ group: text, until: said('null: until it is resumed.', orNull(time)) }),
);

export const coverage = object({
  from: said('Since when was watched; null: nothing of the time asked for was.', orNull(time)),
  to: time,
  gaps: said(
    'Times between of which nothing is known, or not all, the latest first.',
    list(
      object({
        from: time,
        to: time,
        reason: said(
          'not running; history off; not stored (the store takes nothing); killed (or the data was put back to an earlier state); thread ended (the thread that stores, by an error); partly kept (just before that); clock set on (that time was skipped), clock set back (that time was said twice).',
          text,
        ),
        text: said('As a sentence.', text),
      }),
    ),
  ),
  furtherGaps: count,
  lost: said('Queries that found no room.', count),
  unnamed: said('Queries of which only a name above theirs is kept: too many new names on one day.', count),
  waiting: said('What waits for a store that takes nothing, and is not in the answer.', count),
  gapsUnknownUntil: said('Until then gaps were not noted.', orNull(time)),
  isWhole: said('All of the time asked for was watched, and nothing is missing.', flag),
});

export const EVENT_RESPONSES = {
  hits: object({ since: time, coverage, hits: said('Newest first.', list(hit)) }),
  hunt: object({
    since: time,
    keepsHistory: said('False: what is asked for is not kept at present.', flag),
    coverage,
    lookedFor: said(
      'Lists, and how many names; of lists none: no list alerts.',
      object({ lists: texts, names: count }),
    ),
    findings: list(finding),
  }),
  incidents: object({ since: time, coverage, incidents: list(incident) }),
  incident: object({ incident }),
  detail: object({
    incident,
    note: said('What somebody noted of it.', orNull(object({ text, time }))),
    visits: said('When its visits began, oldest first: those that are kept.', list(time)),
    hits: said('Newest first.', list(hit)),
    areHitsCut: said('There are more than are given.', flag),
  }),
  client: object({
    since: time,
    coverage: said('Of the history.', coverage),
    keepsHistory: said('False: what is asked for is not kept at present.', flag),
    hitsCoverage: said('Of hits and incidents.', coverage),
    client: object({
      ip: text,
      name: orNull(text),
      nameFrom: said('Who says the name.', orNull(text)),
      mac: orNull(text),
      machine: said('Its id.', text),
      addresses: said('Those it has now first.', texts),
      others: said(
        'Other machines that are known by what was said: that had the address, or have the name. What they asked is not here.',
        list(
          object({
            machine: said('Its id.', text),
            ip: said('Where it is, or was last.', text),
            name: orNull(text),
            mac: orNull(text),
            from: said('Since when it had the address that was said; null: a name was said.', orNull(time)),
            to: said('Until when; null: a name was said, or it has it.', orNull(time)),
          }),
        ),
      ),
      user: said('Who is logged on there now; null: nobody is known to be, or several are.', orNull(text)),
      logons: list(logon),
      incidents: list(incident),
      hits: list(hit),
      history: list(
        object({
          name: text,
          first: time,
          last: time,
          count,
          blocked: flag,
          outcome: said('What it got, as in hits.', text),
          ip: said('The address it had.', text),
          visits: said('Times it came back; null where that was not noted.', orNull(count)),
        }),
      ),
      areHitsCut: said('There are more hits than are given, which are the newest.', flag),
      isHistoryCut: flag,
    }),
  }),
  alerts: object({
    receivers: list(object({ receiver: text, error: said('null: accepted.', orNull(text)) })),
    sinks: said(
      'The same under the names of earlier releases.',
      list(object({ sink: text, error: orNull(text) })),
    ),
  }),
  pauses: object({ paused: pauses, pausedMachines: pausedMachinesSchema }),
} as const satisfies Record<string, Schema>;

const NAMES_MAX = 20_000;
const NAME_CHARACTERS_MAX = 1024; // 255 octets, each as \DDD

const back = (usual: string): Schema =>
  since(`A duration back from now (7d, 12h) or a date (2026-11-20); ${usual} unless said.`);
const meant = said(
  'Name, MAC, address or id of a machine, or a user: what was asked while that was logged on.',
  bounded(256),
);
const limit = said('At most so many, the newest; 10000 at most.', {
  type: 'string',
  pattern: '^(?:[1-9][0-9]{0,3}|10000)$',
});
const group = said('Name of a group; all of them unless said.', bounded(256));

export const EVENT_QUERIES = {
  hits: wanted({
    since: back('7d'),
    until: since('Not after this moment, as `since`.'),
    client: meant,
    list: said('Name of a list.', bounded(256)),
    limit,
  }),
  hunt: wanted({
    lists: said('Lists, with commas between; all that alert unless lists or names are said.', bounded(3000)),
    names: said('Names, with commas between: each and all below it.', bounded(3000)),
    since: back('90d'),
  }),
  incidents: wanted({
    since: back('30d'),
    state: { type: 'string', enum: ['open', 'closed'] },
    client: meant,
    limit,
  }),
  client: wanted({ since: back('30d') }),
} as const satisfies Record<string, Schema>;

export const EVENT_BODIES = {
  hunt: wanted({
    lists: { type: 'array', maxItems: 1000, items: bounded(256) },
    names: { type: 'array', maxItems: NAMES_MAX, items: bounded(NAME_CHARACTERS_MAX) },
    since: back('90d'),
  }),
  pause: eitherOf(
    'group',
    'client',
    wanted({
      for: lasting('How long (10m, 2h), 24 days at most; until it is resumed unless said.', 40),
      group,
      client: said(
        'Only for this machine: its name, MAC or address, or a user who is logged on at one machine.',
        bounded(256),
      ),
    }),
  ),
  resume: eitherOf(
    'group',
    'client',
    wanted({ group, client: said('Only for this machine, as it was said.', bounded(256)) }),
  ),
  note: wanted(
    {
      note: said('Empty: no note.', { type: 'string', maxLength: 4000 }),
      base: said(
        'The time of the note that this one takes the place of, null: of none; where another stands there by now, nothing is done. Unset: of whichever stands there.',
        orNull(bounded(64)),
      ),
    },
    ['note'],
  ),
} as const satisfies Record<string, Schema>;

export const EVENT_PARAMS = {
  client: wanted({ client: meant }, ['client']),
  incident: wanted({ id: said('Id of an incident.', bounded(64)) }, ['id']),
} as const satisfies Record<string, Schema>;
