// The shapes of a hit and of who asked, as JSON Schema.
import { TYPE } from '../../wire/records/iana.ts';
import {
  bounded,
  count,
  described,
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

export const whoWasLoggedOn = {
  user: said(
    'Who was logged on there then; absent: nobody is known to have been; null: several were.',
    orNull(text),
  ),
  users: said('Those that were logged on, where they were several.', texts),
} as const;

export const client: Schema = {
  ...object({ ip: text, name: orNull(text), mac: orNull(text), group: text }),
  properties: {
    ip: text,
    name: orNull(text),
    mac: orNull(text),
    group: text,
    machine: said('Id of the machine that it was; absent in what an older release stored.', text),
    nameFrom: said(
      'Who says the name: config, hosts, lease, ptr, client, inferred or `site NAME`.',
      orNull(text),
    ),
    ...whoWasLoggedOn,
  },
};
export const indicator: Schema = wanted(
  {
    campaign: orNull(text),
    source: orNull(text),
    firstPublished: orNull(text),
    confidence: orNull(text),
    expires: said('Date or time from which on it only watches; absent where it never ends.', text),
  },
  ['campaign', 'source', 'firstPublished', 'confidence'],
);

/** As `textToType` reads it, which also takes small letters. */
export const recordType: Schema = described(
  {
    anyOf: [
      { enum: Object.keys(TYPE) },
      {
        pattern:
          '^TYPE(?:0{0,4}[0-9]|0{0,3}[1-9][0-9]|0{0,2}[1-9][0-9]{2}|0?[1-9][0-9]{3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$',
      },
    ],
  },
  said('Record type: A, AAAA, HTTPS, TYPE65.', bounded(16)),
);

/** The order of its keys is that of the hit log. */
export const hit: Schema = object({
  event: text,
  id: text,
  time,
  count: said('Queries that this hit stands for.', count),
  client,
  question: object({ name: text, type: text, class: text }),
  transport: text,
  verdict: text,
  rule: text,
  list: text,
  answer: texts,
  via: orNull(text),
  indicator: orNull(indicator),
  worker: count,
  machine: said('Id of the machine that asked; it stays when its address or name changes.', text),
  visit: said('Attempts of one visit share it: the id of the first hit of the visit.', text),
  matches: said(
    'Every list that alerts and has what was asked for or what it led to, whichever list decided.',
    list(
      object({
        list: text,
        rule: text,
        indicator: orNull(indicator),
        mode: said('enforce, monitor, paused, schedule or expired.', text),
      }),
    ),
  ),
  outcome: said(
    'What the client got: data, nodata, nxdomain, failed, refused, withheld, blocked, rewritten, truncated, limited, dropped, local; unrecorded where an older release did not note it.',
    text,
  ),
  rcode: said('Of the reply; null: none was sent.', orNull(text)),
  through: said(
    'Address of the trusted neighbour that it came through; null: the machine asked itself.',
    orNull(text),
  ),
  resolver: said('Name of the machine that cenote runs on.', text),
});
