// `rebinding`: whether a public name may lead into the private network.
import { z } from 'zod';
import { hostToName, nameToText } from '../../wire/names/presentation.ts';
import { bad, good, type Parsed, quote } from '../values/parsed.ts';
import { flag, text } from './kinds.ts';

function parseName(written: string): Parsed<string> {
  const name = hostToName(written);
  if (name !== null && name.length > 1) return good(nameToText(name));
  return bad(`${quote(written)} is not a name`, 'write a name such as `plex.direct`; it covers all below it');
}

export const rebindingSchema = z.strictObject({
  protect: flag()
    .prefault(true)
    .describe(
      'Whether an answer that gives a public name a private, loopback, link-local or unspecified address is withheld (DNS rebinding). Names of `local`, names with a route and names no public zone can hold (`lan`, `internal`, `home.arpa` …) are not meant. A group may say otherwise.',
    ),
  except: z
    .array(text('a name such as `plex.direct`', parseName))
    .prefault([])
    .describe(
      'Public names that may have private addresses, with all below them: `plex.direct`, a router’s own name, the zones a mail server asks for blocklists (RFC 5782).',
    ),
});
