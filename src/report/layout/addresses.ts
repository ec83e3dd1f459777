// Whether a heading, a label or a line that ends in a colon speaks of IP addresses, and of nothing else.

const ADDRESSES = /\bip(v[46])?(s|[\s_-]*address(es)?)\b/i;
const BESIDES_ADDRESSES =
  /\b(domains?|((host|domain) ?)?names?|hosts|p?dns|resolutions?|fqdns?|ur[li]s?|(web ?)?sites?|links?|indicators?|iocs?)\b|(\b(and|or)|[&/,+])\s*(the )?ip(v[46])?(s|[\s_-]*addr)|\bip(v[46])?(s|[\s_-]*address(es)?)\s*(and\b|or\b|[&/,+])/i;

/** `The following IP addresses were C2 servers:`: a name that stands there is whose they are, as often as not. */
export const isOfAddressesOnly = (text: string): boolean =>
  ADDRESSES.test(text) && !BESIDES_ADDRESSES.test(text);

/** A heading of addresses. */
export const IP_ADDRESSES = /^.{0,40}\bip(v[46])?s?([\s_-]*addr(ess(es)?)?)?\b.{0,40}$/i;
/** `### 192.0.2.7`: below it stands what is known of that address. */
export const HEADED_BY_ADDRESS = /^#{1,6}\s+\W*(?:\d{1,3}\[?\.\]?){3}\d{1,3}\W*$/;
/** Up to a name in brackets. */
export const BEHIND_ADDRESS = /^[\s*•–-]*(?:\d{1,3}(?:\.|\[\.\])){3}\d{1,3}(?::\d{1,5})?\s*\(\s*$/;
const HOST_NAME = /^[\s*_-]*host ?names?[\s*_]*$/i;
const RESOLVED = /^[\s*_-]*(?:domain )?resolved? host(?: ?names?)?[\s*_]*$/i;
/** `vps-3906667-x.example.org`, `mta-snd-09.example.org`, `static.62.2.0.192.example.org`: with a number that nobody would choose for a site. */
const NUMBERED =
  /^\W*(?:(?=(?:[a-z-]*\d){4})[\w-]+|(?:vps|vds|srv|server|host|static|dyn|ip|ec2|mta|mail|smtp|cpe|pool|client|customer|dedicated|node|rev)-[a-z-]*\d[\w-]*|[\w-]+\[?\.\]?(?:\d{1,3}[.-]){3}\d{1,3})\[?\.\]?[\w-]+\[?\.\]?[a-z]/i;

/** Whether a value is what an address's operator calls it, by its label and how it looks. @param isBelowAddress its heading is an address */
export const isOfOperator = (label: string, value: string, isBelowAddress: boolean): boolean =>
  (RESOLVED.test(label) || (isBelowAddress && HOST_NAME.test(label))) && NUMBERED.test(value);
