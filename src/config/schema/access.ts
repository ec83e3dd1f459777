// `access`: who may ask at all, and how fast.
import { z } from 'zod';
import { parseNetwork } from '../values/addresses.ts';
import { text, whole } from './kinds.ts';

export const accessSchema = z.strictObject({
  allow: z
    .array(text('`private`, `any`, an address or a prefix', parseNetwork))
    .prefault(['private'])
    .describe('Clients that are answered: `private`, `any`, addresses, prefixes. All others are refused.'),
  rateLimit: z
    .strictObject({
      perSecond: whole({ min: 0, max: 10_000_000 })
        .prefault(1000)
        .describe('Queries a second that one client may ask in the long run; 0 is no limit.'),
      burst: whole({ min: 1, max: 100_000_000 })
        .prefault(5000)
        .describe('Queries it may ask at once after a pause.'),
    })
    .prefault({})
    .describe('How fast one client may ask.'),
});
