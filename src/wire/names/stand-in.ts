// Addresses that stand in for one: of machines that a trusted neighbour names by a MAC or an id alone, and of clients that say
// which they are in the name or path that they ask at.
//
// They lie in 100::/64, which no packet on the internet may come from (RFC 6666), so that all that goes by addresses (groups, rate
// limits, records) goes by such a machine too. HOT (the writers). Invariant: a real sender in this network is turned away.

/** `kind`, a zero, and six octets: of the MAC, or of a hash of the id. */
const KIND = { mac: 1, id: 2, own: 3 } as const;
const KIND_AT = 8;
const OWN_AT = 10;
const OWN_OCTETS = 6;

export const STAND_IN_PREFIX: { readonly bytes: Uint8Array; readonly bits: number } = {
  bytes: Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  bits: 64,
};

/** @param address 16 octets */
export function isStandIn(address: Uint8Array): boolean {
  if (address[0] !== 1) return false;
  for (let i = 1; i < KIND_AT; i += 1) if (address[i] !== 0) return false;
  return true;
}

/** @param target 16 octets @param mac six octets at `offset` */
export function writeMacStandIn(target: Uint8Array, mac: Uint8Array, offset: number): void {
  begin(target, KIND.mac);
  for (let i = 0; i < OWN_OCTETS; i += 1) target[OWN_AT + i] = mac[offset + i]!;
}

/** @param target 16 octets @param id its octets are `id[offset .. offset + length)` */
export function writeIdStandIn(target: Uint8Array, id: Uint8Array, offset: number, length: number): void {
  write(target, KIND.id, id, offset, length);
}

/** The MAC that an address stands for; null where it stands for something else. */
export const macOfStandIn = (address: Uint8Array): Uint8Array | null =>
  isStandIn(address) && address[KIND_AT] === KIND.mac ? address.slice(OWN_AT, OWN_AT + OWN_OCTETS) : null;

/** Of a client of `clients.ids`. @param name its octets */
export function ownStandIn(name: string): Uint8Array {
  const target = new Uint8Array(16);
  const octets = new TextEncoder().encode(name);
  write(target, KIND.own, octets, 0, octets.length);
  return target;
}

/** Whether a stand-in is of a client of `clients.ids`: it asks for itself, from wherever it is. */
export function isOwnStandIn(address: Uint8Array): boolean {
  return isStandIn(address) && address[KIND_AT] === KIND.own;
}

function write(target: Uint8Array, kind: number, id: Uint8Array, offset: number, length: number): void {
  begin(target, kind);
  // FNV-1a, twice with different beginnings: 48 bits of a network's few hundred names.
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let i = 0; i < length; i += 1) {
    const octet = id[offset + i]!;
    low = Math.imul(low ^ octet, 0x01000193);
    high = Math.imul(high ^ octet, 0x85ebca77);
  }
  for (let i = 0; i < 4; i += 1) target[OWN_AT + i] = low >>> (24 - 8 * i);
  target[OWN_AT + 4] = high >>> 8;
  target[OWN_AT + 5] = high;
}

function begin(target: Uint8Array, kind: number): void {
  target.fill(0);
  target[0] = 1;
  target[KIND_AT] = kind;
}
