// `serve`: lists as other servers and firewalls fetch them from here.
import { z } from 'zod';
import { SERVED_FORMATS } from '../meant/serve.ts';
import { type Prefix, parsePrefix, parseSocketAddress, type SocketAddress } from '../values/addresses.ts';
import { good, type Parsed } from '../values/parsed.ts';
import { anyText, choice, duration, flag, text } from './kinds.ts';
import { tsigSchema } from './tsig.ts';

const DAY = 86_400_000;
const DNS_PORT = 53;

function parseSecondary(written: string): Parsed<SocketAddress> {
  const alone = parsePrefix(written);
  if (alone.ok && !written.includes('/')) return good({ host: written, port: DNS_PORT });
  return parseSocketAddress(written);
}

const network = () => text<Prefix>('an address or a prefix', parsePrefix);

const selection = {
  lists: z
    .array(anyText('the name of a list'))
    .prefault([])
    .describe('Lists it is made of, by name; among policy zones the first one goes before.'),
  alerting: flag().prefault(false).describe('Whether all lists with `alert: true` belong to it too.'),
};

export const servedZoneSchema = z.strictObject({
  ...selection,
  allow: z
    .array(network())
    .prefault([])
    .describe(
      'Addresses that may have it. There must be addresses or a key; where there are both, both are needed.',
    ),
  tsig: tsigSchema.optional().describe('Key that questions are signed with, and NOTIFY too.'),
  notify: z
    .array(text('an address, or an address with a port', parseSecondary))
    .prefault([])
    .describe(
      'Secondaries that are notified of each change (NOTIFY): `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:53`.',
    ),
  ttl: duration({ min: 1000, max: DAY }).prefault('1m').describe('TTL of its records.'),
});

export const servedListSchema = z.strictObject({
  ...selection,
  formats: z
    .array(choice(SERVED_FORMATS))
    .prefault([...SERVED_FORMATS])
    .describe(
      'Formats it is offered in, at `/served/NAME/FORMAT` of the admin interface; `addresses` is one address or network a line, as firewalls fetch them.',
    ),
  allow: z
    .array(network())
    .prefault([])
    .describe('Addresses that may have it without a token; this machine may always.'),
  token: anyText('a token', { secret: true })
    .optional()
    .describe(
      'A token that opens it and nothing else, as Bearer or as the password of Basic authentication; or `file:/run/secrets/…`. The token of the admin interface opens it too.',
    ),
});

export const serveSchema = z.strictObject({
  zones: z
    .record(z.string(), servedZoneSchema)
    .prefault({})
    .describe(
      'Response policy zones, by name, that secondaries get from the addresses of `listen.dns` by AXFR and IXFR over TCP.',
    ),
  lists: z.record(z.string(), servedListSchema).prefault({}).describe('Lists over HTTP, by name.'),
});
