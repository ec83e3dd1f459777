// Addresses that lists write to say "block".
import { isIP } from 'node:net';

/** Unspecified, loopback, link-local, multicast and broadcast addresses: lists use them to say "block". */
export function leadsNowhere(address: string): boolean {
  if (isIP(address) === 4) return /^(0|127|22[4-9]|23\d|255)\.|^169\.254\./.test(address);
  const bare = address.toLowerCase();
  return /^[0:]*:[0:]*1?$/.test(bare) || /^f(e[89ab]|f)/.test(bare) || /^::(ffff:)?(0|127)\./.test(bare);
}
