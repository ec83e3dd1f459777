// The twelve octets every DNS message begins with (RFC 1035 §4.1.1), read and set in place.
//
//   0  ID                     2  |QR| OPCODE |AA|TC|RD| RA| Z|AD|CD| RCODE |
//   4  QDCOUNT                6  ANCOUNT
//   8  NSCOUNT               10  ARCOUNT
//
// HOT. Callers have made sure that the twelve octets are there.

export const HEADER_OCTETS = 12;
/** The largest message any transport carries. */
export const MESSAGE_OCTETS_MAX = 65_535;

export const FLAG = {
  qr: 0x8000,
  aa: 0x0400,
  tc: 0x0200,
  rd: 0x0100,
  ra: 0x0080,
  z: 0x0040,
  ad: 0x0020,
  cd: 0x0010,
} as const;

export const OFFSET = { id: 0, flags: 2, qdcount: 4, ancount: 6, nscount: 8, arcount: 10 } as const;

export function readU16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! << 8) | bytes[offset + 1]!;
}

export function writeU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
}

export function readU32(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>>
    0
  );
}

export function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

export function opcodeOf(flags: number): number {
  return (flags >>> 11) & 0x0f;
}

/** The header's four bits; an OPT record may hold eight more. */
export function rcodeOf(flags: number): number {
  return flags & 0x0f;
}
