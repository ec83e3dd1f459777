// Addresses that lists write to say "block".
import { isIP } from 'node:net';
import { networkText } from '../../wire/names/network.ts';
import type { Network } from '../../wire/names/plain-network.ts';

/** Unspecified, loopback, link-local, multicast and broadcast addresses: lists use them to say "block". */
export function leadsNowhere(address: string): boolean {
  if (isIP(address) === 4) return /^(0|127|22[4-9]|23\d|255)\.|^169\.254\./.test(address);
  const bare = address.toLowerCase();
  return /^[0:]*:[0:]*1?$/.test(bare) || /^f(e[89ab]|f)/.test(bare) || /^::(ffff:)?(0|127)\./.test(bare);
}

/** The same of the first address of a network. */
export function beginsNowhere(network: Network): boolean {
  const [first = 0, second = 0] = network.octets;
  if (network.octets.length === 4)
    return (
      first === 0 ||
      first === 127 ||
      first === 255 ||
      (first >= 224 && first < 240) ||
      (first === 169 && second === 254)
    );
  // A text is made only where the first group may be one of those: few are.
  if (first !== 0 && first !== 0x0f && first < 0xfe) return false;
  return leadsNowhere(networkText(network).replace(/\/.*/, ''));
}
