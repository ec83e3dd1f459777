// `lists`: where rules come from, and what each does.
import { z } from 'zod';
import { LIST_CATEGORIES, LIST_ERRORS, LIST_FORMATS } from '../values/list-words.ts';
import { anyText, choice, duration, expiry, flag, share } from './kinds.ts';
import { tsigSchema } from './tsig.ts';

const DAY = 86_400_000;

export const listSchema = z.strictObject({
  source: anyText('a path or a URL')
    .optional()
    .describe(
      'A file, `folder:DIR`, `http(s)://…`, `taxii+https://SERVER/ROOT/collections/ID/` (TAXII 2.1), `misp+https://SERVER/` (restSearch; parameters are its filters), or `rpz://SERVER/ZONE`. A path is looked for from the working directory, then from the config file. A URL that ends in `/manifest.json` is a MISP feed. Each file of a folder is read by itself as a list or report: changes take effect within seconds, and a file that cannot be read does not affect the others. Subfolders, hidden files and names in `.tmp`, `.part` or `~` are ignored.',
    ),
  names: z
    .array(anyText('a name'))
    .optional()
    .describe(
      'The names themselves, in place of `source`; one line of a list each: `bad.example`, `*.bad.example` (it and all below), `192.0.2.0/24`, `192.0.2.7 nas.example`, or a rule in Adblock syntax.',
    ),
  format: choice([...LIST_FORMATS])
    .prefault('auto')
    .describe('How to read it; `auto` looks at the content.'),
  refresh: duration({ min: 1000, max: 90 * DAY })
    .prefault('12h')
    .describe('How often a URL is fetched again.'),
  action: choice(['sinkhole', 'nxdomain', 'nodata', 'refused', 'drop', 'allow', 'zone'])
    .prefault('sinkhole')
    .describe(
      'What happens to a name on it; `allow` lets it pass, `zone` does what each line of a policy zone (RPZ), of dnsmasq or of Unbound says.',
    ),
  alert: flag().prefault(false).describe('Whether a hit is worth an alert.'),
  category: choice(LIST_CATEGORIES)
    .optional()
    .describe(
      'What its names are, for users: a part of structured errors, see `contact`. `policy` is a decision of this network.',
    ),
  ede: choice(LIST_ERRORS)
    .prefault('blocked')
    .describe(
      'Which Extended DNS Error (RFC 8914) a block gives: `blocked` (15, the operator decided it), `censored` (16, an outside authority demands it) or `filtered` (17, the client asked for it, such as a filter for children).',
    ),
  for: choice(['groups', 'all'])
    .prefault('groups')
    .describe(
      'Whom it is for: the `groups` that name it, or `all` groups, at every hour whatever their schedules say. A pause pauses it too.',
    ),
  mode: choice(['enforce', 'monitor'])
    .prefault('enforce')
    .describe('`monitor` records what the list would have done and answers normally.'),
  warnings: choice(['hold', 'ignore'])
    .prefault('hold')
    .describe(
      'What becomes of names and addresses of a list that alerts which everybody uses (`warninglists`): `hold` blocks none of them and `cenote lists` tells them, `ignore` blocks them. Lists in format `indicators` and `names` are what you say yourself and are not asked about.',
    ),
  take: z
    .array(anyText('a name'))
    .prefault([])
    .describe('Names, addresses and networks that are held back, to be blocked all the same.'),
  expires: expiry({ min: 60_000, max: 3650 * DAY })
    .optional()
    .describe(
      'When its entries stop blocking and only watch: a date, from its midnight UTC on, or so long after the day each was published. An entry that says it itself (`expires:`, `valid_until` of STIX, the expiry of a feed) keeps its own. A question for one that is over is answered, and is a hit whose mode is `expired`.',
    ),
  subdomains: flag()
    .optional()
    .describe('Whether an entry covers the names below it; unset, the format decides.'),
  onFailure: choice(['keep', 'failStart'])
    .prefault('keep')
    .describe(
      'When nothing of it is in force after the first attempt at a start: start without it, or refuse to start. Later failures keep the last good state.',
    ),
  maxShrink: share()
    .prefault('50%')
    .describe(
      'A refresh that loses more than this share of its entries is refused. Not so for a file of fewer than 20 entries, which may be emptied too, nor for a zone by transfer whose serial grew.',
    ),
  allowPublicSuffixes: flag()
    .prefault(false)
    .describe(
      'Consent to rules on the root, a top-level domain or another public suffix, on networks wider than /8 (IPv6: /16) and on whole private ranges.',
    ),
  addresses: flag()
    .optional()
    .describe(
      'Whether answers are checked against the addresses and networks it holds. Unset, those that it names itself count (a line `192.0.2.0/24`, `||192.0.2.7^`, an RPZ trigger `rpz-ip`, an entry of `indicators:`), those that a report told (CSV, STIX, MISP, prose, `addresses:` of an imported list) do not: many others may stand on such an address.',
    ),
  tsig: tsigSchema.optional().describe('Key of an rpz transfer.'),
  headers: z
    .record(z.string(), anyText('the value of a header', { secret: true }))
    .optional()
    .describe(
      'Headers that an `https://` source wants, by name; a value may be `file:/run/secrets/…`. They go to that origin only, not along with a redirect.',
    ),
  bearer: anyText('a token', { secret: true })
    .optional()
    .describe('Token of an `https://` source (RFC 6750), or `file:/run/secrets/…`.'),
  basic: z
    .strictObject({
      user: anyText('a user name').describe('User name.'),
      password: anyText('a password', { secret: true }).describe('Password, or `file:/run/secrets/…`.'),
    })
    .optional()
    .describe('Basic authentication of an `https://` source.'),
  clientCertificate: z
    .strictObject({
      cert: anyText('the path of a PEM file').describe('PEM file with the certificate and its chain.'),
      key: anyText('the path of a PEM file').describe('PEM file with the private key.'),
    })
    .optional()
    .describe('Certificate that an `https://` source wants; its files are read at each fetch.'),
});

export const listsSchema = z.record(z.string(), listSchema);
