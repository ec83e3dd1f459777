// The reverse zones of a network: `172.16.0.0/12` is 16.172.in-addr.arpa to 31.172.in-addr.arpa (RFC 1035 §3.5, RFC 3596 §2.5).
import { readNetwork } from '../../wire/names/network.ts';

/** Names of the zones, without the dot at their end. @returns null when the text is no network */
export function reverseZones(text: string): string[] | null {
  const network = text.includes('/') ? readNetwork(text) : null;
  if (network === null) return null;
  const { octets, bits } = network;
  const isFour = octets.length === 4;
  const step = isFour ? 8 : 4;
  const parts = isFour ? [...octets] : [...octets].flatMap((octet) => [octet >> 4, octet & 15]);
  const whole = Math.floor(bits / step);
  const left = bits % step;
  const radix = isFour ? 10 : 16;
  const suffix = isFour ? 'in-addr.arpa' : 'ip6.arpa';
  const fixed = parts.slice(0, whole);
  const last =
    left === 0 ? [null] : Array.from({ length: 2 ** (step - left) }, (_, i) => (parts[whole] ?? 0) + i);
  return last.map((one) =>
    [...(one === null ? fixed : [...fixed, one])]
      .reverse()
      .map((part) => part.toString(radix))
      .concat(suffix)
      .join('.'),
  );
}
