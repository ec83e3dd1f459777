// `local`: names that are answered here.
import { z } from 'zod';
import { parseLocalRecord } from '../values/local-record.ts';
import { anyText, choice, flag, text } from './kinds.ts';

export const localSchema = z.strictObject({
  records: z
    .array(text('a record such as `nas.home.arpa A 192.0.2.5`', parseLocalRecord))
    .prefault([])
    .describe(
      'Records answered here, as `NAME [TTL] TYPE DATA`, written as in a zone file on one line; types without a form of their own as `TYPE \\# LENGTH HEX` (RFC 3597). A name listed here is ours alone: other types are NODATA.',
    ),
  hosts: anyText('a file such as `/etc/hosts`')
    .optional()
    .describe('A hosts file whose names and addresses are answered here, with their PTR.'),
  specialNames: flag()
    .prefault(true)
    .describe(
      'Whether `localhost`, `local`, `invalid`, `onion`, `home.arpa` and the private reverse zones stay here (RFC 6761, 6303, 7686, 8375). A route for such a name goes before.',
    ),
  privateNames: choice(['auto', 'here', 'forward'])
    .prefault('auto')
    .describe(
      'What names get that no public server knows: all below `test`, `alt` and `internal`, and addresses of names of one label (`wpad`). `here` answers that there is none, `forward` asks upstreams, `auto` asks them only if one of them stands in this network. Routes and own records go before; part of `specialNames`.',
    ),
  canaries: flag()
    .prefault(true)
    .describe(
      'Whether browsers and devices are told not to go past this resolver: `use-application-dns.net`, `mask.icloud.com`, `mask-h2.icloud.com` do not exist, and `resolver.arpa` designates nobody but this resolver (RFC 9462, `resolver.designate`).',
    ),
});
