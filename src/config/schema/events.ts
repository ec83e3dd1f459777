// `events`: what is written down, where, and for how long.
import { z } from 'zod';
import { anyText, choice, duration, flag } from './kinds.ts';

const HOUR = 3_600_000;
const CENTURY = 100 * 365 * 24 * HOUR;

export const eventsSchema = z.strictObject({
  dir: anyText('the path of a folder')
    .prefault('./data')
    .describe('Folder of the hit log, the store and list snapshots, from the working directory.'),
  history: duration({ min: HOUR, max: CENTURY })
    .prefault('90d')
    .describe(
      'How long it is known who asked for what. A machine brings at most 50,000 new names a day and all together 1,000,000, past which each may bring 2,000; beyond that `*.parent` is kept. At most 65,536 askers of a day are told apart.',
    ),
  hits: duration({ min: HOUR, max: CENTURY })
    .prefault('2y')
    .describe(
      'How long hits are kept in the store: some 110 octets each on the disk, 10 to 40 where they come many at once. `hits.jsonl` beside it has a line of some 540 octets a hit, in at most eight files of 64 MiB.',
    ),
  queryLog: z
    .strictObject({
      enabled: flag().prefault(true).describe('Whether queries that were no hit are recorded.'),
      privacy: choice(['none', 'anonymise', 'off'])
        .prefault('none')
        .describe(
          '`anonymise` keeps a pseudonym a machine and day in place of names and addresses, and nothing beside it of what was a hit; hits keep their client. Its keys, `history.key` in `events.dir`, are removed with the day after. `off` keeps nothing but hits.',
        ),
    })
    .prefault({})
    .describe('The log of all queries.'),
});
