// The scope of a link-local IPv6 address: one address on two links is two machines (RFC 4007 §5).
//
// Where an address is 16 octets, octets 2 and 3 of a link-local one, which are zero on the wire (RFC 4291 §2.5.6), hold the number of the
// interface it was seen at. So all that goes by addresses keeps links apart; what is sent, and a pattern without a scope, has zeros.
// HOT: allocates nothing.

/** @param address 16 octets at `offset` */
export function isLinkLocal(address: Uint8Array, offset = 0): boolean {
  return address[offset] === 0xfe && (address[offset + 1]! & 0xc0) === 0x80;
}

/** Of a link-local address: the interface's number in it; 0: none is known. */
export function scopeOf(address: Uint8Array): number {
  return isLinkLocal(address) ? (address[2]! << 8) | address[3]! : 0;
}

/** Puts the interface's number into an address if that is link-local; one beyond 16 bits is left out. */
export function putScope(address: Uint8Array, scope: number): void {
  if (!isLinkLocal(address)) return;
  const number = scope > 0xffff ? 0 : scope;
  address[2] = number >>> 8;
  address[3] = number;
}
