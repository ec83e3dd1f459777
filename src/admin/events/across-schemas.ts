// The shapes of what happened at all sites, as JSON Schema.
import {
  bounded,
  count,
  flag,
  list,
  object,
  orNull,
  type Schema,
  said,
  text,
  texts,
  time,
  wanted,
} from '../shapes.ts';
import { client, hit } from './hit-schemas.ts';
import { askedInPast, coverage, EVENT_QUERIES, incident } from './schemas.ts';

const site = said('Name of a site; all of them unless said.', bounded(64));
const partsOf = (schema: Schema) => schema['properties'] as Readonly<Record<string, Schema>>;

const partsOfIncident = partsOf(incident);
const clocks = said(
  "Sites whose clocks differ from the head's: what is a site's own (hits, troubles, findings, what it says of an incident) has its times by these.",
  list(object({ site: text, offsetMs: said("Ahead of the head's.", { type: 'integer' }) })),
);
const fleetCoverage = object({
  sites: said('That the head knows.', count),
  whole: said('Of which all is here until about now.', count),
  behind: list(
    object({ site: text, until: said('What it stored until then is here; null: not known.', orNull(time)) }),
  ),
  clocks,
  removed: said('Hits that sites had removed for their age before they came.', count),
});

const hunted = object({
  id: text,
  asked: time,
  since: time,
  lookedFor: object({ lists: said('null: all that alert.', orNull(texts)), names: count }),
  sites: count,
  answered: count,
  isWhole: said('Every site answered, and watched all of that time.', flag),
  notAnswered: list(object({ site: text, why: text })),
  gaps: said('Of sites that did not watch all of it.', list(object({ site: text, coverage }))),
  findings: list(
    object({
      site: text,
      client,
      list: orNull(text),
      rules: texts,
      names: list(askedInPast),
      furtherNames: count,
    }),
  ),
  furtherFindings: said('Machines that sites found beyond those.', count),
  clocks,
  central: said(
    'Of sites that have not answered: hits that came home before.',
    list(
      object({
        machine: text,
        sites: texts,
        client,
        names: list(object({ name: text, via: orNull(text), site: text, count, first: time, last: time })),
      }),
    ),
  ),
  isCentralCut: said('Whether there are more of these than one answer has; the latest are here.', flag),
});

const siteFind = object({
  ...{ site: text, id: text },
  time: said('When it was found.', time),
  listedAt: said('Since when the lists in force have it.', time),
  list: text,
  rules: said('Entries of the list that were asked for.', texts),
  count: said('Queries.', count),
  names: list(askedInPast),
  furtherNames: count,
});

const find = object({
  machine: said('The same for one machine at all sites, where that can be known.', text),
  client,
  campaign: orNull(text),
  list: text,
  count: said('Queries.', count),
  first: said("By the head's clock.", time),
  last: time,
  sites: said('Where it asked, the latest find first.', texts),
  finds: list(siteFind),
});

const trouble = object({
  ...{ site: text, id: text, text },
  state: { type: 'string', enum: ['begun', 'over'] },
  since: time,
  over: said('null: it lasts.', orNull(time)),
});

export const ACROSS = {
  finds: object({ since: time, coverage: fleetCoverage, finds: list(find) }),
  troubles: object({ since: time, coverage: fleetCoverage, troubles: list(trouble) }),
  hits: object({
    since: time,
    coverage: fleetCoverage,
    hits: list(object({ ...partsOf(hit), site: text })),
  }),
  incidents: object({
    since: time,
    coverage: fleetCoverage,
    incidents: list(
      object({
        machine: said('The same for one machine at all sites, where that can be known.', text),
        client,
        campaign: orNull(text),
        list: text,
        about: partsOfIncident['about'] ?? text,
        lists: partsOfIncident['lists'] ?? texts,
        formerLists: partsOfIncident['formerLists'] ?? texts,
        state: text,
        severity: text,
        first: said("By the head's clock.", time),
        last: time,
        hits: count,
        visits: count,
        sites: said('Where it asked, the latest first.', texts),
        incidents: list(object({ ...partsOfIncident, site: text })),
      }),
    ),
  }),
  hunt: hunted,
} as const satisfies Record<string, Schema>;

const { since, limit } = partsOf(EVENT_QUERIES.incidents);
const told = { since: since ?? text, site, limit: limit ?? text };

export const ACROSS_QUERIES = {
  hits: wanted({ ...partsOf(EVENT_QUERIES.hits), site }),
  incidents: wanted({ ...partsOf(EVENT_QUERIES.incidents), site }),
  finds: wanted({ ...told, client: partsOf(EVENT_QUERIES.incidents)['client'] ?? text }),
  troubles: wanted(told),
} as const satisfies Record<string, Schema>;
