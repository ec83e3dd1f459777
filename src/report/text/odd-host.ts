// Hosts of fields that are written as browsers read them and people do not: `%2e`, numbers for addresses.

/** A dot that is written `%2e` in a host, as browsers read it. */
export const withDots = (value: string): string =>
  value.includes('%2')
    ? value.replace(
        /^(\s*[a-z][a-z0-9+.-]{0,20}:\/\/)?([^/?#]{1,600})/i,
        (_, scheme = '', host: string) => scheme + host.replaceAll(/%2e/gi, '.'),
      )
    : value;

/** The IPv4 address that a browser makes of a number, of hexadecimal or octal parts, or of fewer than four; null for any other host. */
export function oddAddress(value: string): string | null {
  const [, scheme = '', host = ''] =
    /^\s*([a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/@]{0,200}@)?)?((?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3})(?=[:/?#\s]|$)/i.exec(
      value,
    ) ?? [];
  if (host === '' || (scheme === '' && !host.includes('.'))) return null;
  const isUsual =
    host.split('.').length === 4 && host.split('.').every((part) => /^(0|[1-9]\d{0,2})$/.test(part));
  return isUsual ? null : (URL.parse(`http://${host}/`)?.hostname ?? null);
}

/** Whether a host name has all of an IPv4 address in it, in its order or from the end: so operators call what they rent out. */
export function spellsAddress(host: string, address: string): boolean {
  const parts = address.trim().split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return false;
  const numbers = (host.match(/\d+/g) ?? []).map(Number).join('.');
  const around = (order: readonly string[]): boolean =>
    `.${numbers}.`.includes(`.${order.map(Number).join('.')}.`);
  return around(parts) || around(parts.toReversed());
}

/** An IPv6 address, perhaps with a port, or a network. */
export function isAddressLike(value: string): boolean {
  return /^\[?[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}(\]|\/|%|$)/i.test(value.trim());
}
