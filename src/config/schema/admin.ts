// `listen.admin`: an address, or a section that says who gets in.
import { z } from 'zod';
import { ROLES } from '../meant/admin.ts';
import { parseNetwork, parseSocketAddress, type SocketAddress } from '../values/addresses.ts';
import { bad, good, type Parsed, quote } from '../values/parsed.ts';
import { isHash, PASSWORD_CHARACTERS, parseHash } from '../values/password-hash.ts';
import { anyText, choice, duration, flag, text } from './kinds.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

function parsePassword(written: string): Parsed<string> {
  const right = '`cenote password` makes the hash of one';
  if (isHash(written))
    return parseHash(written) === null ? bad('this is no hash that can be checked', right) : good(written);
  if (written.length < PASSWORD_CHARACTERS.min)
    return bad(`a password has at least ${PASSWORD_CHARACTERS.min} characters`, right);
  return written.length > PASSWORD_CHARACTERS.max
    ? bad(`a password has at most ${PASSWORD_CHARACTERS.max} characters`, right)
    : good(written);
}

function parseTotp(written: string): Parsed<string> {
  const secret = written.replace(/[\s=-]/g, '').toUpperCase();
  return /^[A-Z2-7]{16,128}$/.test(secret)
    ? good(secret)
    : bad(
        'this is no secret of a second factor',
        '`cenote password --totp` makes one: 16 to 128 characters of A–Z and 2–7',
      );
}

function parseIssuer(written: string): Parsed<string> {
  const url = URL.parse(written);
  const isLocal = url?.protocol === 'http:' && /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(url.hostname);
  if (url === null || !(url.protocol === 'https:' || isLocal) || url.search !== '' || url.hash !== '')
    return bad(`${quote(written)} is not an issuer`, 'write its `https://` URL, as the provider says it');
  return url.username === ''
    ? good(written)
    : bad('the issuer holds a user', 'write `clientId` and `clientSecret`');
}

const password = () => text('a password or its hash', parsePassword, { secret: true });
const values = (role: string) =>
  z
    .array(anyText('a value of the claim'))
    .prefault([])
    .describe(
      `Values of the claim that make who has one of them ${role}; \`*\` is everybody whom the provider signs in.`,
    );

const userSchema = z.strictObject({
  password: password()
    .optional()
    .describe(
      'Hash of the password, as `cenote password` prints it, or `file:/run/secrets/…` with the hash or the password in it.',
    ),
  totp: text('a secret in base32', parseTotp, { secret: true })
    .optional()
    .describe(
      'Secret of a second factor (TOTP, RFC 6238: 6 digits, 30 s, SHA-1), as `cenote password --totp` makes it.',
    ),
  role: choice(ROLES)
    .prefault('reader')
    .describe(
      'What the user may do: `reader` sees everything but the configuration, tokens and the audit log, `analyst` also sees the configuration without its secrets, acknowledges, hunts, reads reports and tests alerts, `admin` also pauses, allows, blocks, changes the configuration and makes tokens.',
    ),
  system: anyText('a login name or number')
    .optional()
    .describe('Login name or number of the user of this machine who is this one at `socket`.'),
});

const oidcSchema = z.strictObject({
  issuer: text('an `https://` URL', parseIssuer).describe(
    'URL of the provider, as its discovery document says it.',
  ),
  clientId: anyText('the id that the provider gave').describe('Id of this client at the provider.'),
  clientSecret: anyText('the secret that the provider gave', { secret: true })
    .optional()
    .describe('Secret of this client, or `file:/run/secrets/…`; unset, it is a public client.'),
  scopes: z.array(anyText('a scope')).prefault(['openid', 'profile']).describe('Scopes that are asked for.'),
  claim: anyText('a claim')
    .prefault('groups')
    .describe(
      'Claim of the ID token, or of the UserInfo endpoint where the token has not got it, that roles are read from, a text or a list of texts.',
    ),
  roles: z
    .strictObject({ admin: values('an admin'), analyst: values('an analyst'), reader: values('a reader') })
    .prefault({})
    .describe('Who gets which role; the most powerful one counts, and who has none is refused.'),
});

const section = z.strictObject({
  address: z
    .array(text('an address with a port, such as `127.0.0.1:5380`', parseSocketAddress))
    .prefault(['127.0.0.1:5380'])
    .describe('Addresses of the admin interface, one or several; `[]` leaves the Unix socket alone.'),
  tls: flag().prefault(false).describe('Whether these addresses speak HTTPS, with `listen.tlsCertificate`.'),
  socket: anyText('a path, `auto` or `off`')
    .prefault('auto')
    .describe(
      'Unix socket of the command line: root and the user that cenote runs as may do everything there, who is named as `system` of a user what that user may. `auto` is `admin.sock` in `events.dir`.',
    ),
  users: z.record(z.string(), userSchema).prefault({}).describe('Who may sign in, by name.'),
  password: password()
    .optional()
    .describe(
      'Password, or its hash, of the user `admin` that there is while `users` and `oidc` name nobody. Unset, and an address is not of this machine alone: one is made at the first start and printed once.',
    ),
  trust: z
    .array(text('`private`, an address or a prefix', parseNetwork))
    .prefault([])
    .describe(
      'Proxies in front: what they say of the client (`X-Forwarded-For`), its protocol (`-Proto`) and the name asked for (`-Host`) counts. From anybody else such headers never help.',
    ),
  oidc: oidcSchema
    .optional()
    .describe(
      'Sign-in by an OpenID provider; wants `listen.publicUrl`, and the redirect URI `…/api/v1/oidc/callback` registered there.',
    ),
  idle: duration({ min: MINUTE_MS, max: 30 * DAY_MS })
    .prefault('1h')
    .describe('A sign-in ends when it was not used for so long.'),
  lasts: duration({ min: MINUTE_MS, max: 90 * DAY_MS })
    .prefault('12h')
    .describe('And after so long at the latest.'),
  audit: duration({ min: DAY_MS, max: 3650 * DAY_MS })
    .prefault('365d')
    .describe('How long the audit log keeps who changed what.'),
});

export const adminSchema = z
  .union([
    text<SocketAddress | null>('an address with a port, or `off`', (written) =>
      written === 'off' ? good(null) : parseSocketAddress(written),
    ),
    section,
  ])
  .prefault('127.0.0.1:5380')
  .describe(
    'Address of the admin interface (HTTP), or a section that says more. `off` runs without it; status and healthcheck need it.',
  );
