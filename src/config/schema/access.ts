// `access`: who may ask at all, and how fast.
import { z } from 'zod';
import { type Prefix, parseNetwork } from '../values/addresses.ts';
import { bad, good, type Parsed } from '../values/parsed.ts';
import { text, whole } from './kinds.ts';

function parseAllowed(written: string): Parsed<readonly Prefix[] | 'own'> {
  if (written === 'own') return good(written);
  const networks = parseNetwork(written);
  return networks.ok
    ? networks
    : bad(networks.wrong, networks.right.replace('`private`,', '`private`, `own`,'));
}

export const accessSchema = z.strictObject({
  allow: z
    .array(text('`private`, `own`, `any`, an address or a prefix', parseAllowed))
    .prefault(['private', 'own'])
    .describe(
      'Clients that are answered: `private` (loopback, link-local and private ranges), `own` (the networks this machine is in, as they change), `any`, addresses, prefixes. All others are refused.',
    ),
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
