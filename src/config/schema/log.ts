// `log`: every query, for how long and how much of it.
import { z } from 'zod';
import { parseClient } from '../values/clients.ts';
import { anyText, duration, flag, size, text } from './kinds.ts';

const HOUR = 3_600_000;
const CENTURY = 100 * 365 * 24 * HOUR;
const MIB = 1024 * 1024;

export const logSchema = z.strictObject({
  enabled: flag()
    .prefault(true)
    .describe('Whether every query is logged. With `events.queryLog` off, or its privacy `off`, none is.'),
  keep: duration({ min: HOUR, max: CENTURY }).prefault('90d').describe('How long a query is kept.'),
  size: size({ min: 16 * MIB, max: 1024 * 1024 * MIB })
    .prefault('2GiB')
    .describe(
      'How large the log may be, `log.db` in `events.dir`; beyond it the oldest queries go first. A query takes some 5 octets, the last 65,536 some 40.',
    ),
  anonymise: flag()
    .prefault(false)
    .describe(
      'Whether a pseudonym stands in place of each address, and no name, MAC address or machine: one that keeps which addresses share a network (ipcrypt-pfx), and that who has the key, `log.key` in `events.dir`, can open. `events.queryLog.privacy: anonymise` does the same.',
    ),
  without: z
    .strictObject({
      clients: z
        .array(text('a client as in `groups`', parseClient))
        .prefault([])
        .describe('Clients whose queries are not logged, written as in `groups`.'),
      names: z
        .array(anyText('a name such as `bank.example`'))
        .prefault([])
        .describe('Names that are not logged, and all below them.'),
    })
    .prefault({})
    .describe('What is not logged. Hits, incidents and the history (`events`) are kept all the same.'),
});
