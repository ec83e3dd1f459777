// A ULID's 128 bits as a UUID is written, which PostgreSQL keeps in 16 octets, and back.
//
// 26 characters are two that hold 8 bits and six groups of four that hold 20 bits, or five hexadecimal digits, each.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const VALUES = new Uint8Array(128);
for (let value = 0; value < ALPHABET.length; value += 1) VALUES[ALPHABET.charCodeAt(value)] = value;

const bitsAt = (ulid: string, at: number): number => VALUES[ulid.charCodeAt(at)] ?? 0;

export function uuidOfUlid(ulid: string): string {
  let hex = hexOf((bitsAt(ulid, 0) << 5) | bitsAt(ulid, 1), 2);
  for (let at = 2; at < 26; at += 4) {
    const bits =
      (bitsAt(ulid, at) << 15) |
      (bitsAt(ulid, at + 1) << 10) |
      (bitsAt(ulid, at + 2) << 5) |
      bitsAt(ulid, at + 3);
    hex += hexOf(bits, 5);
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function ulidOfUuid(uuid: string): string {
  const hex = uuid.replaceAll('-', '');
  const first = Number.parseInt(hex.slice(0, 2), 16);
  let text = digit(first >>> 5) + digit(first);
  for (let at = 2; at < 32; at += 5) {
    const bits = Number.parseInt(hex.slice(at, at + 5), 16);
    text += digit(bits >>> 15) + digit(bits >>> 10) + digit(bits >>> 5) + digit(bits);
  }
  return text;
}

const hexOf = (bits: number, digits: number): string => bits.toString(16).padStart(digits, '0');
const digit = (bits: number): string => ALPHABET[bits & 31]!;
