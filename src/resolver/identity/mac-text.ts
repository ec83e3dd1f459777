// MAC addresses as dnsmasq writes them into EDNS options. HOT: allocates nothing.

const MAC_OCTETS = 6;
const COLON = 58;
const DASH = 45;

/** `aa:bb:cc:dd:ee:ff`, 17 octets. @returns whether it is one, and not of zeros */
export function readMacText(source: Uint8Array, offset: number, mac: Uint8Array): boolean {
  let any = 0;
  for (let i = 0; i < MAC_OCTETS; i += 1) {
    const at = offset + 3 * i;
    const high = hexDigit(source[at]!);
    const low = hexDigit(source[at + 1]!);
    if (high < 0 || low < 0) return false;
    if (i < MAC_OCTETS - 1 && source[at + 2] !== COLON && source[at + 2] !== DASH) return false;
    mac[i] = (high << 4) | low;
    any |= mac[i]!;
  }
  return any !== 0;
}

/** Base64 of six octets: 8 characters without padding (RFC 4648 §4). @returns whether it is one, and not of zeros */
export function readMacBase64(source: Uint8Array, offset: number, mac: Uint8Array): boolean {
  let any = 0;
  for (let half = 0; half < 2; half += 1) {
    let bits = 0;
    for (let i = 0; i < 4; i += 1) {
      const value = base64Digit(source[offset + 4 * half + i]!);
      if (value < 0) return false;
      bits = (bits << 6) | value;
    }
    any |= bits;
    for (let i = 0; i < 3; i += 1) mac[3 * half + i] = bits >>> (16 - 8 * i);
  }
  return any !== 0;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function base64Digit(code: number): number {
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 97 && code <= 122) return code - 71;
  if (code >= 48 && code <= 57) return code + 4;
  if (code === 43) return 62;
  return code === 47 ? 63 : -1;
}
