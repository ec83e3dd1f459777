// `out`: all that happens, for other systems.
import { z } from 'zod';
import { OUT_EVENTS, OUT_OUTCOMES } from '../meant/out.ts';
import { parseClient } from '../values/clients.ts';
import { bad, good, type Parsed, quote } from '../values/parsed.ts';
import { anyText, choice, duration, flag, size, text, whole } from './kinds.ts';

/** It is the name of a folder too. */
function parseName(written: string): Parsed<string> {
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/i.test(written)) return good(written);
  return bad(
    `${quote(written)} is not the name of an output`,
    'write at most 64 letters, digits, `-` and `_`, a letter or digit first',
  );
}

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
const KIB = 1024;
const MIB = 1024 * KIB;

const outSchemaOfOne = z.strictObject({
  name: text('a name of letters, digits, `-` and `_`', parseName)
    .optional()
    .describe(
      'What it is called in logs, answers and metrics; its spool is kept under this name. Unset: its kind.',
    ),
  dnstap: anyText('`unix:/run/dnstap.sock` or `tcp://HOST:PORT`')
    .optional()
    .describe('A dnstap reader (frame streams, bidirectional): `unix:PATH` or `tcp://HOST:PORT`.'),
  hec: anyText('an https:// URL').optional().describe('Splunk HTTP Event Collector: `https://HOST:8088`.'),
  bulk: anyText('an https:// URL')
    .optional()
    .describe('Elasticsearch or OpenSearch, by `_bulk`: `https://HOST:9200`.'),
  loki: anyText('an https:// URL').optional().describe('Grafana Loki: `https://HOST:3100`.'),
  otlp: anyText('an https:// URL')
    .optional()
    .describe('A collector of OpenTelemetry logs: `https://HOST:4318`.'),
  events: z
    .array(choice(OUT_EVENTS))
    .optional()
    .describe(
      'What goes: `queries` (as `cenote log` has them), `hits`, `incidents` (when they open, close, open again), `finds` (asked for before it was listed). Unset: queries to dnstap, which takes nothing else, all to others.',
    ),
  groups: z.array(anyText('the name of a group')).optional().describe('Only of machines in these groups.'),
  lists: z.array(anyText('the name of a list')).optional().describe('Only what these lists decided or have.'),
  outcomes: z
    .array(choice(OUT_OUTCOMES))
    .optional()
    .describe(
      'Only queries and hits that ended so: `blocked`, `failed`, `nxdomain`; the same words as in `cenote log`.',
    ),
  clients: z
    .array(text('a client as in `groups`', parseClient))
    .optional()
    .describe('Only of these clients, written as in `groups`: addresses, networks, MAC addresses, names.'),
  token: anyText('text, or `file:/run/secrets/…`', { secret: true })
    .optional()
    .describe('HEC token, API key of Elasticsearch, or bearer token; better `file:/run/secrets/…`.'),
  headers: z
    .record(z.string(), anyText('text', { secret: true }))
    .optional()
    .describe('Headers of each request, such as `X-Scope-OrgID`; values may be `file:…`.'),
  ca: anyText('the path of a PEM file')
    .optional()
    .describe('Certificates that the receiver is held to, in place of the system’s.'),
  index: anyText('the name of an index')
    .optional()
    .describe('hec: index of the events. bulk: index or data stream; unset, `cenote`.'),
  ack: flag()
    .prefault(false)
    .describe(
      'hec: whether a batch counts as delivered only when the indexer has it (indexer acknowledgement).',
    ),
  gzip: flag().prefault(true).describe('Whether bodies are compressed.'),
  batch: z
    .strictObject({
      events: whole({ min: 1, max: 10_000 }).prefault(1000).describe('Events at most.'),
      size: size({ min: 4 * KIB, max: 16 * MIB })
        .prefault('1MiB')
        .describe('Octets at most, before compression.'),
      wait: duration({ min: 100, max: 60 * SECOND })
        .prefault('1s')
        .describe('How long the first waits for others.'),
    })
    .prefault({})
    .describe('What goes in one request.'),
  spool: z
    .strictObject({
      size: size({ min: MIB, max: 1024 * 1024 * MIB })
        .prefault('256MiB')
        .describe('How much may wait on the disk; beyond it the oldest goes, and is counted.'),
      age: duration({ min: 60 * SECOND, max: 30 * DAY })
        .prefault('1d')
        .describe('How long a batch may wait.'),
    })
    .prefault({})
    .describe('What waits for a receiver that takes nothing: `out/NAME` in `events.dir`.'),
});

export const outSchema = z.array(outSchemaOfOne);
