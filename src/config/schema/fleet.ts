// `fleet`: many sites, one picture.
import { z } from 'zod';
import { OVERRIDABLE, PUBLISHED_PARTS, SITE } from '../meant/fleet.ts';
import { parsePrefix } from '../values/addresses.ts';
import { bad, good, type Parsed, quote } from '../values/parsed.ts';
import { anyText, choice, flag, text } from './kinds.ts';

const NATS_PORT = 4222;
const KEY_OCTETS = 32;

interface Server {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

function parseServer(written: string): Parsed<Server> {
  const right = 'write `nats://HOST`, or `tls://HOST` where the server has a certificate';
  const url = /^(nats|tls):\/\/[^/]+\/?$/.test(written)
    ? URL.parse(written.replace(/^[a-z]+/, 'http'))
    : null;
  if (url === null || url.hostname === '' || url.pathname !== '/')
    return bad(`${quote(written)} is not the address of a NATS server`, right);
  if (url.username !== '' || url.password !== '')
    return bad('a user or password stands in the address', 'name the file of the NKey in `credentials`');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  // A URL's default port is left out of it.
  const port = url.port === '' ? (/:80\/?$/.test(written) ? 80 : NATS_PORT) : Number(url.port);
  return good({ host, port, isTls: written.startsWith('tls:') });
}

/** The name of a site: a label in lower case. */
export function parseSite(written: string): Parsed<string> {
  return SITE.test(written)
    ? good(written)
    : bad(
        `${quote(written)} is not the name of a site`,
        'write up to 40 lower-case letters, digits and hyphens, such as `branch-7`',
      );
}

function parseKey(written: string): Parsed<string> {
  const octets = /^[A-Za-z0-9+/]{43}=$/.test(written) ? Buffer.from(written, 'base64') : null;
  return octets?.length === KEY_OCTETS
    ? good(written)
    : bad(
        `${quote(written)} is not an Ed25519 key`,
        'copy the line `key:` that `cenote fleet invite` wrote on the head',
      );
}

function parseStore(written: string): Parsed<string> {
  return /^postgres(ql)?:\/\//.test(written) && URL.canParse(written)
    ? good(written)
    : bad('this is not the address of a PostgreSQL database', 'write `postgres://USER@HOST/DATABASE`');
}

export const fleetSchema = z.strictObject({
  nats: z
    .array(text('the address of a NATS server', parseServer))
    .describe(
      'The NATS servers with JetStream that connect head and sites: `nats://HOST[:PORT]`, or `tls://` for TLS. Of several, one that answers is used.',
    ),
  site: text('the name of a site', parseSite).describe(
    'The name of this daemon among all: lower-case letters, digits and hyphens.',
  ),
  credentials: anyText('the path of a file')
    .optional()
    .describe('The file of the NKey seed that `cenote fleet join` wrote; unset, the servers ask for none.'),
  key: text('an Ed25519 key in base64', parseKey)
    .optional()
    .describe(
      'The public key of the head: only policy that this key signed is put into force. Required at a site; a head has the private one.',
    ),
  ca: anyText('the path of a file')
    .optional()
    .describe('Certificates (PEM) that those of `tls://` servers are held to; unset, those of the system.'),
  names: flag()
    .prefault(true)
    .describe(
      'Whether machines and users of this site are named to the head. `false`: each machine has a pseudonym there, whose key stays in `events.dir`; names that were asked for are told either way.',
    ),
  shareNames: flag()
    .prefault(false)
    .describe(
      'Whether this site tells the head what it calls its machines (leases, reverse DNS, hosts files, configuration), by MAC, and asks it what other sites call those that have no name here. Such a name is shown, and puts no machine into a group. Required on the head, too, and at each site that takes part.',
    ),
  networks: z
    .array(text('an address or a prefix', parsePrefix))
    .prefault([])
    .describe(
      'With `shareNames`: networks of this site that no other has (`10.7.0.0/16`). Names of machines there are shared by address, too, for sites that see no MAC of them.',
    ),
  store: text('the address of a PostgreSQL database', parseStore, { secret: true })
    .optional()
    .describe(
      'On the head: `postgres://USER:PASSWORD@HOST/DATABASE`, where the hits of all sites are kept; or `file:/run/secrets/…`. A daemon with `store` or `signingKey` is the head.',
    ),
  signingKey: anyText('the path of a file')
    .optional()
    .describe(
      'On the head: the file of the private key that signs policy. Unset, `fleet/head.key` in `events.dir`. It is made at first use; whoever has it commands all sites.',
    ),
  publish: z
    .strictObject({
      parts: z
        .array(choice(PUBLISHED_PARTS))
        .prefault(['lists', 'groups', 'sinkhole', 'contact'])
        .describe('On the head: sections of its configuration that hold at every site.'),
      override: z
        .array(choice(OVERRIDABLE))
        .prefault(['networks', 'records'])
        .describe(
          'On the head: what a site may say otherwise. `networks`: the clients of a group; `records`: more of `local.records`; `lists`: more lists, and more of them for a group; `groups`: more groups; any other section: single settings of it.',
        ),
    })
    .prefault({})
    .describe('On the head: what goes out to the sites.'),
});
