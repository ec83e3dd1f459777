// A TSIG key (RFC 8945), of a zone that is fetched or served.
import { z } from 'zod';
import { anyText, choice } from './kinds.ts';

export const TSIG_ALGORITHMS = [
  'hmac-sha1',
  'hmac-sha224',
  'hmac-sha256',
  'hmac-sha384',
  'hmac-sha512',
] as const;

export const tsigSchema = z.strictObject({
  name: anyText('the name of the key').describe('Name of the key.'),
  algorithm: choice(TSIG_ALGORITHMS).prefault('hmac-sha256').describe('Algorithm (RFC 8945).'),
  secret: anyText('the key in base64', { secret: true }).describe(
    'The key in base64, or `file:/run/secrets/…`.',
  ),
});
