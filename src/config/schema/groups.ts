// `groups`: which clients get which lists, and when.
import { z } from 'zod';
import { parseClient } from '../values/clients.ts';
import { parseSchedule } from '../values/schedule.ts';
import { anyText, flag, text } from './kinds.ts';
import { toldUpstream } from './upstreams.ts';

export const groupSchema = z.strictObject({
  clients: z
    .array(text('a client such as `any`, `10.0.5.0/24`, `aa:bb:cc:dd:ee:ff` or `nas*`', parseClient))
    .describe(
      'Who is in it: `any`, `private`, addresses, prefixes, MAC addresses, ends of IPv6 addresses whose prefix changes (`::1234:5678`: the last 64 bits), names, users. A name is as `clients` learns it, an IDN as it is spelt (`mü*`); a lease has the name that the machine chose. A user is who is logged on, as `clients.users` learns it (`user:anna`, `user:CORP\\anna`). Names and users may have `*` and `?`.',
    ),
  lists: z.array(anyText('the name of a list')).describe('Names of lists, from `lists`.'),
  schedule: text('a schedule such as `Mon-Fri 08:00-18:00`', parseSchedule)
    .optional()
    .describe('When its lists are in force, in local time; unset, always.'),
  inspect: flag()
    .prefault(true)
    .describe(
      'Whether aliases, service targets and addresses of an answer are checked against its lists, beside the name asked for.',
    ),
  rebinding: flag()
    .optional()
    .describe('Whether it is protected from rebinding; unset, as `rebinding.protect` says.'),
  upstreams: z
    .array(toldUpstream())
    .optional()
    .describe(
      'Servers for its clients in place of `upstreams.default`; routes go before. Its answers are kept apart.',
    ),
});

export const groupsSchema = z.record(z.string(), groupSchema);
