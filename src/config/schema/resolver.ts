// `resolver` and `contact`: what clients may learn of this resolver.
import { z } from 'zod';
import { bad, good, type Parsed, quote } from '../values/parsed.ts';
import { anyText, flag, text } from './kinds.ts';

/** An id travels as one character string, and beside an answer in one datagram. */
const ID_OCTETS_MAX = 63;

function parseId(written: string): Parsed<string> {
  if (/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(written) && written.length <= ID_OCTETS_MAX)
    return good(written);
  return bad(
    `${quote(written)} is no id`,
    `write up to ${ID_OCTETS_MAX} printing ASCII characters, such as \`office-1\``,
  );
}

/** URIs that a person can act on (draft-ietf-dnsop-structured-dns-error §4). */
function parseContact(written: string): Parsed<string> {
  return /^(?:mailto|tel|sips?|https):[\x21-\x7e]+$/.test(written) && URL.canParse(written)
    ? good(written)
    : bad(
        `${quote(written)} is no URI of a contact`,
        'write `mailto:helpdesk@example.org`, `tel:+15550100` or `https://…`',
      );
}

function parseUrl(written: string): Parsed<string> {
  return written.startsWith('https://') && URL.canParse(written)
    ? good(written)
    : bad(`${quote(written)} is not an https URL`, 'write `https://HOST/PATH`');
}

export const resolverSchema = z.strictObject({
  id: text('an id such as `office-1`', parseId)
    .optional()
    .describe(
      'What this resolver is called, for those who ask which one answered: by NSID (RFC 5001) and by CH TXT `id.server` and `hostname.bind`. Unset, nothing is said.',
    ),
  version: flag()
    .prefault(false)
    .describe('Whether CH TXT `version.server` and `version.bind` say which cenote this is.'),
  name: anyText('a name such as `dns.example.net`')
    .optional()
    .describe(
      "Name under which `listen.tls` and `listen.https` are reached; unset, the certificate's first that is no wildcard.",
    ),
  designate: flag()
    .prefault(true)
    .describe(
      'Whether clients may learn of `listen.tls` and `listen.https` (`_dns.resolver.arpa`, RFC 9462). They go there if the certificate is for the address that they ask now.',
    ),
  information: flag()
    .prefault(true)
    .describe(
      'Whether `resolver.arpa` and `resolver.name` have a RESINFO record (RFC 9606): which Extended DNS Errors are sent, and `infoUrl`.',
    ),
  infoUrl: text('an https URL', parseUrl)
    .optional()
    .describe('Page that tells people of this resolver; a part of RESINFO.'),
  cookies: flag()
    .prefault(true)
    .describe(
      'Whether clients that send a DNS cookie get one back (RFC 7873, 9018), so that a forged reply is no reply. Nothing is refused for want of one, unless `requireCookies` says so.',
    ),
  requireCookies: flag()
    .prefault(false)
    .describe(
      'Whether a client that sends a cookie over UDP must send one of ours with it: else it gets BADCOOKIE with the right one, and asks again (RFC 7873 §5.2.3). So nobody has its address used by others. Clients that know no cookies are answered as ever.',
    ),
  organization: anyText('the name of an organization')
    .optional()
    .describe('Who filters: a part of structured errors, see `contact`.'),
});

export const contactSchema = z.array(text('a URI such as `mailto:helpdesk@example.org`', parseContact));
