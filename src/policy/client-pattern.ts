// Adblock's `$client=`: whether an address is meant by one of its values. Rare, so it may cost text and allocation.
import ipaddr from 'ipaddr.js';

/** @param values addresses or prefixes, `~` in front for "not this one"; names are not known here and never match */
export function clientMatches(values: readonly string[], address: Uint8Array): boolean {
  let wanted = false;
  let anyWanted = false;
  for (const value of values) {
    const negated = value.startsWith('~');
    const holds = covers(negated ? value.slice(1) : value, address);
    if (negated && holds) return false;
    if (!negated) {
      anyWanted = true;
      wanted ||= holds;
    }
  }
  return wanted || !anyWanted;
}

function covers(value: string, address: Uint8Array): boolean {
  const client = ipaddr.process(ipaddr.fromByteArray([...address]).toString());
  try {
    if (value.includes('/')) {
      const [base, bits] = ipaddr.parseCIDR(value);
      return base.kind() === client.kind() && client.match(base, bits);
    }
    return ipaddr.process(value).toString() === client.toString();
  } catch {
    return false;
  }
}
