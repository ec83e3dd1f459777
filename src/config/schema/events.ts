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
    .describe('How long it is known who asked for what.'),
  hits: duration({ min: HOUR, max: CENTURY }).prefault('2y').describe('How long hits are kept.'),
  queryLog: z
    .strictObject({
      enabled: flag().prefault(true).describe('Whether queries that were no hit are recorded.'),
      privacy: choice(['none', 'anonymise', 'off'])
        .prefault('none')
        .describe(
          '`anonymise` keeps a pseudonym a machine and day in place of names and addresses, and nothing beside it of what was a hit; hits keep their client. `off` keeps nothing but hits.',
        ),
    })
    .prefault({})
    .describe('The log of all queries.'),
});
