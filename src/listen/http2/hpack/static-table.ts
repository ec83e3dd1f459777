// The table that both ends of HPACK know (RFC 7541 appendix A), as numbers: kinds of names, meanings of values.
import { kindOfName, meaningOf } from './fields.ts';

/** Octets that an entry counts for beyond those of its name and value (RFC 7541 §4.1). */
export const ENTRY_OCTETS = 32;

const ENTRIES = `:authority|;:method|GET;:method|POST;:path|/;:path|/index.html;:scheme|http;:scheme|https;:status|200;
:status|204;:status|206;:status|304;:status|400;:status|404;:status|500;accept-charset|;accept-encoding|gzip, deflate;
accept-language|;accept-ranges|;accept|;access-control-allow-origin|;age|;allow|;authorization|;cache-control|;
content-disposition|;content-encoding|;content-language|;content-length|;content-location|;content-range|;content-type|;
cookie|;date|;etag|;expect|;expires|;from|;host|;if-match|;if-modified-since|;if-none-match|;if-range|;
if-unmodified-since|;last-modified|;link|;location|;max-forwards|;proxy-authenticate|;proxy-authorization|;range|;referer|;
refresh|;retry-after|;server|;set-cookie|;strict-transport-security|;transfer-encoding|;user-agent|;vary|;via|;
www-authenticate|`.replaceAll('\n', '').split(';'); // biome-ignore format: as many as fit a line

export const STATIC_COUNT = ENTRIES.length;

/** By the index of an entry, from 1. */
export const staticKind = new Uint8Array(STATIC_COUNT + 1);
export const staticMeaning = new Int32Array(STATIC_COUNT + 1);
export const staticNameOctets = new Uint16Array(STATIC_COUNT + 1);
export const staticSize = new Uint16Array(STATIC_COUNT + 1);
/** Values, for the few whose octets are looked at. */
export const staticValue: readonly Uint8Array[] = [
  new Uint8Array(0),
  ...ENTRIES.map((entry) => Buffer.from(entry.slice(entry.indexOf('|') + 1))),
];

for (const [i, entry] of ENTRIES.entries()) {
  const name = Buffer.from(entry.slice(0, entry.indexOf('|')));
  const value = staticValue[i + 1]!;
  const kind = kindOfName(name, 0, name.length);
  staticKind[i + 1] = kind;
  staticMeaning[i + 1] = meaningOf(kind, value, 0, value.length);
  staticNameOctets[i + 1] = name.length;
  staticSize[i + 1] = name.length + value.length + ENTRY_OCTETS;
}
