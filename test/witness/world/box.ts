// A box in front that asks for the machines behind it and says who they are, as dnsmasq does with `add-mac` and `add-subnet=32,128`.
import { textToAddress } from '../../../src/wire/names/address.ts';
import { wireMessage, wireOpt, wireOption } from '../../support/wire-message.ts';
import type { Machine } from './network.ts';

export const BOX = '192.0.2.1';
/** One that takes DNS over HTTPS for others and says their addresses. */
export const FRONT = '192.0.2.2';

/** Whom a query says it is for. */
export interface Named {
  readonly machine: Machine;
  readonly ip: string;
}

const MAC = 65_001;
const CLIENT_SUBNET = 8;
const FAMILY = { four: 1, six: 2 } as const;

/** The query that the box sends on. */
export function throughBox(
  asked: { readonly name: string; readonly type: number },
  { mac }: Machine,
  ip: string,
): Uint8Array {
  const octets = [...(textToAddress(ip) ?? [])];
  const subnet = ip.includes(':')
    ? [0, FAMILY.six, 128, 0, ...octets]
    : [0, FAMILY.four, 32, 0, ...octets.slice(12)];
  const options = [
    ...wireOption(
      MAC,
      mac.split(':').map((octet) => Number.parseInt(octet, 16)),
    ),
    ...wireOption(CLIENT_SUBNET, subnet),
  ];
  return wireMessage({ ...asked, additional: [wireOpt(options)] });
}
