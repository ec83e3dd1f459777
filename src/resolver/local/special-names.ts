// Names that are special by the book: what stays on this machine unless a route says otherwise.

/** Neither they nor anything below them exists here (RFC 6761 §6.4, 6762 §22.1, 7686 §2). */
export const NEVER_FORWARDED: readonly string[] = ['invalid', 'local', 'onion'];

/** Its addresses are the loopback's, whatever is below it (RFC 6761 §6.3). */
export const LOOPBACK_NAME = 'localhost';

/** What its addresses are called (RFC 6303 §4.2 leaves the contents of these zones to us). */
export const LOOPBACK_REVERSE: readonly string[] = ['1.0.0.127.in-addr.arpa', `1.${'0.'.repeat(31)}ip6.arpa`];

/** Exists and holds nothing: this resolver is designated by no other way (RFC 9462 §4). */
export const RESOLVER_NAME = 'resolver.arpa';

/** Told apart from the rest because the answer is a message to the asker: do not go past this resolver. */
export const CANARIES: readonly string[] = [
  'use-application-dns.net', // Firefox: no DoH of its own
  'mask.icloud.com', // Apple: no Private Relay
  'mask-h2.icloud.com',
];

/** The zone of homes (RFC 8375 §4): it exists, and nothing in it that nobody wrote down. */
export const HOME_ZONE = 'home.arpa';

/** Reverse zones of private and reserved addresses (RFC 6303 §4, RFC 7793 for 100.64/10 left out: carriers serve it). */
export const PRIVATE_REVERSE: readonly string[] = [
  '10.in-addr.arpa',
  ...Array.from({ length: 16 }, (_, i) => `${16 + i}.172.in-addr.arpa`),
  '168.192.in-addr.arpa',
  '0.in-addr.arpa',
  '127.in-addr.arpa',
  '254.169.in-addr.arpa',
  '2.0.192.in-addr.arpa',
  '100.51.198.in-addr.arpa',
  '113.0.203.in-addr.arpa',
  '255.255.255.255.in-addr.arpa',
  `${'0.'.repeat(32)}ip6.arpa`,
  `1.${'0.'.repeat(31)}ip6.arpa`,
  'd.f.ip6.arpa',
  '8.e.f.ip6.arpa',
  '9.e.f.ip6.arpa',
  'a.e.f.ip6.arpa',
  'b.e.f.ip6.arpa',
  '8.b.d.0.1.0.0.2.ip6.arpa',
];

/** Services of this network (RFC 9665 §9.1): like the home zone, and never outside. */
export const SERVICE_ZONE = 'service.arpa';

/**
 * No public server knows names below them: for tests (RFC 6761 §6.2), outside the DNS (RFC 9476), of private networks (ICANN, 2024).
 * A server of this network may.
 */
export const PRIVATE_NAMES: readonly string[] = ['test', 'alt', 'internal'];
