// How a policy zone writes the network of a trigger on addresses (draft-vixie-dnsop-dns-rpz §4.3), before the label that says which:
// prefix length, then the address backwards. `24.0.2.0.192` is 192.0.2.0/24, `48.zz.1.db8.2001` is 2001:db8:1::/48.

/** @param octets 4 or 16 */
export function triggerOf(octets: Uint8Array, bits: number): string {
  if (octets.length === 4) return `${bits}.${[...octets].reverse().join('.')}`;
  const groups = Array.from({ length: 8 }, (_, i) => (octets[2 * i]! << 8) | octets[2 * i + 1]!);
  const { from, length } = longestZeros(groups);
  const words = groups.map((group) => group.toString(16));
  if (length > 1) words.splice(from, length, 'zz');
  return `${bits}.${words.reverse().join('.')}`;
}

function longestZeros(groups: readonly number[]): { from: number; length: number } {
  let best = { from: 0, length: 0 };
  for (let from = 0; from < groups.length; from += 1) {
    let length = 0;
    while (from + length < groups.length && groups[from + length] === 0) length += 1;
    if (length > best.length) best = { from, length };
  }
  return best;
}

/** `ADDRESS/BITS`, in which the address is not looked at; null when no prefix length stands first. */
export function networkOfTrigger(trigger: string): string | null {
  const [bits = '', ...backwards] = trigger.split('.');
  if (!/^\d{1,3}$/.test(bits)) return null;
  const parts = backwards.reverse();
  if (parts.length === 4 && !parts.includes('zz')) return `${parts.join('.')}/${bits}`;
  const address = parts.map((part) => (part === 'zz' ? '' : part)).join(':');
  return `${address.replace(/^(?=$|:(?!:))/, ':').replace(/(?<!:):$/, '::')}/${bits}`;
}
