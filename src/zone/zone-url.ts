// `rpz://SERVER[:PORT]/ZONE`: which zone of which primary a list is.
import { textToName } from '../wire/names/presentation.ts';

export interface ZoneUrl {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Lower case, wire form. */
  readonly zone: Uint8Array;
}

/** null for another scheme, and where no zone is named. */
export function parseZoneUrl(text: string): ZoneUrl | null {
  const url = /^rpz:/i.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null) return null;
  const zone = textToName(decodeURIComponent(url.pathname.replace(/^\//, '')).toLowerCase());
  if (zone === null || zone.length <= 1) return null;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: url.port === '' ? 53 : Number(url.port), zone };
}
