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
/** A label there: what the address's operator calls it. */
export const HOST_NAME = /^[\s*_-]*host ?names?[\s*_]*$/i;
