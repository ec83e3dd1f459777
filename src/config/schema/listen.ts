// `listen`: where queries and the admin interface are answered.
import { z } from 'zod';
import { parseSocketAddress } from '../values/addresses.ts';
import { bad, good, type Parsed, quote } from '../values/parsed.ts';
import { adminSchema } from './admin.ts';
import { anyText, choice, flag, text } from './kinds.ts';

const socket = () => text('an address with a port, such as `127.0.0.1:53` or `[::1]:53`', parseSocketAddress);

function parsePublicUrl(written: string): Parsed<string> {
  const isUrl = /^https?:\/\/[^\s@]+$/i.test(written) && URL.canParse(written);
  if (!isUrl) return bad(`${quote(written)} is not a URL`, 'write `https://HOST/`');
  return good(written.endsWith('/') ? written : `${written}/`);
}

export const listenSchema = z.strictObject({
  dns: z
    .array(socket())
    .prefault(['127.0.0.1:5335', '[::1]:5335'])
    .describe(
      'Addresses that answer DNS over UDP and TCP. `0.0.0.0:53` and `[::]:53` are all addresses of the machine.',
    ),
  udp: choice(['auto', 'batch', 'portable'])
    .prefault('auto')
    .describe(
      'How datagrams are read: many a system call through the C library where it can be called (`batch`), one each through Node (`portable`), or `auto`. `portable` keeps to Node towards upstreams too.',
    ),
  tls: z.array(socket()).prefault([]).describe('Addresses that answer DNS over TLS, usually port 853.'),
  https: z.array(socket()).prefault([]).describe('Addresses that answer DNS over HTTPS, usually port 443.'),
  proxy: flag()
    .prefault(false)
    .describe(
      'Whether neighbours of `clients.trust` may put a PROXY protocol header (version 2; on streams 1 too) before what they pass on, over UDP, TCP, TLS and HTTPS. A header from anybody else ends the connection, or drops the datagram.',
    ),
  admin: adminSchema,
  publicUrl: text('an https:// URL', parsePublicUrl)
    .optional()
    .describe('Where people reach the page, behind a proxy for example. Notices link to it.'),
  tlsCertificate: z
    .strictObject({
      cert: anyText('the path of a PEM file').describe('PEM file with the certificate and its chain.'),
      key: anyText('the path of a PEM file').describe('PEM file with the private key.'),
    })
    .optional()
    .describe('Certificate of the tls and https listeners, and of the admin interface with `tls: true`.'),
});
