// The whole configuration as written. This schema is the source of the types, the defaults, the JSON Schema that editors
// read (config/cenote.schema.json) and docs/config.md.
import { z } from 'zod';
import { accessSchema } from './schema/access.ts';
import { alertsSchema } from './schema/alerts.ts';
import { cacheSchema } from './schema/cache.ts';
import { clientsSchema } from './schema/clients.ts';
import { eventsSchema } from './schema/events.ts';
import { fleetSchema } from './schema/fleet.ts';
import { groupsSchema } from './schema/groups.ts';
import { anyText, choice, flag, text } from './schema/kinds.ts';
import { listenSchema } from './schema/listen.ts';
import { listsSchema } from './schema/lists.ts';
import { localSchema } from './schema/local.ts';
import { logSchema } from './schema/log.ts';
import { outSchema } from './schema/out.ts';
import { rebindingSchema } from './schema/rebinding.ts';
import { contactSchema, resolverSchema } from './schema/resolver.ts';
import { serveSchema } from './schema/serve.ts';
import { sinkholeSchema } from './schema/sinkhole.ts';
import { upstreamsSchema } from './schema/upstreams.ts';
import { bad, good, type Parsed, quote } from './values/parsed.ts';

const WORKERS_MAX = 128;

function parseWorkers(written: string): Parsed<number | 'auto'> {
  if (written === 'auto') return good(written);
  const count = /^\d{1,3}$/.test(written) ? Number(written) : Number.NaN;
  if (count >= 1 && count <= WORKERS_MAX) return good(count);
  return bad(
    `${quote(written)} is not a number of workers`,
    `write \`auto\` or a number from 1 to ${WORKERS_MAX}`,
  );
}

export const configSchema = z.strictObject({
  profile: choice(['standard', 'small'])
    .prefault('standard')
    .describe(
      'What is meant where nothing is written. `small`, for a machine of 512 MiB: `workers: 1`, `cache.entries: 5000`, `cache.size: 4MiB`, `events.history: 30d`, `log.keep: 7d`, `log.size: 128MiB`, and heaps that stay small at the price of more frequent collection. What the file or a variable says stands above it. It bounds what grows; idle with few names cenote takes some 80 MiB with it or without.',
    ),
  listen: listenSchema.prefault({}).describe('Where cenote answers.'),
  workers: text(`\`auto\` or a number from 1 to ${WORKERS_MAX}`, parseWorkers, {
    json: { type: ['string', 'integer'], pattern: '^(auto|[0-9]{1,3})$', minimum: 1, maximum: WORKERS_MAX },
  })
    .prefault('auto')
    .describe('Resolver threads; `auto` is one less than the processor has cores, at least one.'),
  upstreams: upstreamsSchema.prefault({}).describe('Who is asked for everything that is not blocked.'),
  cache: cacheSchema.prefault({}).describe('Answers that are kept.'),
  lists: listsSchema.prefault({}).describe('Where rules come from, by name.'),
  warninglists: z
    .array(anyText('the path of a file or folder'))
    .prefault([])
    .describe(
      'Files or folders of names and addresses that everybody uses, besides a small list of our own: a popularity list (`RANK,NAME`, its first 10,000 count), MISP warninglists (JSON; names and networks), or a name or address a line. What `cenote import` or a list that alerts would block of them is held back and told.',
    ),
  groups: groupsSchema
    .optional()
    .describe('Which clients get which lists, by name; unset, all clients get all lists.'),
  clients: clientsSchema.prefault({}).describe('How clients get their names.'),
  sinkhole: sinkholeSchema.prefault({}).describe('What a blocked name is answered with.'),
  local: localSchema.prefault({}).describe('Names that are answered here.'),
  rebinding: rebindingSchema
    .prefault({})
    .describe('Whether a public name may lead into the private network.'),
  access: accessSchema.prefault({}).describe('Who may ask, and how fast.'),
  resolver: resolverSchema.prefault({}).describe('What clients may learn of this resolver.'),
  contact: contactSchema
    .prefault([])
    .describe(
      'Whom a user asks about a blocked name: `mailto:`, `tel:`, `sip:` or `https:` URIs. With campaign, `lists.NAME.category` and `resolver.organization` they are told to clients that ask for structured errors (draft-ietf-dnsop-structured-dns-error), and to no others.',
    ),
  events: eventsSchema.prefault({}).describe('What is written down.'),
  log: logSchema.prefault({}).describe('The log of all queries.'),
  alerts: alertsSchema.prefault([]).describe('Who is notified of a hit.'),
  out: outSchema
    .prefault([])
    .describe(
      'Where all queries, hits and incidents go besides: dnstap, Splunk, Elasticsearch, Loki, OpenTelemetry.',
    ),
  serve: serveSchema
    .prefault({})
    .describe('Lists that other resolvers and firewalls fetch from here: as policy zones, and over HTTP.'),
  fleet: fleetSchema
    .optional()
    .describe('Many sites under one head, over NATS JetStream; unset, this daemon stands alone.'),
  metrics: flag().prefault(true).describe('Whether `/metrics` answers Prometheus.'),
});

/** The file as written: defaults filled in and every value read, references not yet followed. */
export type ConfigFile = z.output<typeof configSchema>;
export type SectionName = keyof ConfigFile;
