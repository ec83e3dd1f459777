// A name as text, for what goes into a reply.
//
// HOT. Octet by octet into a reused buffer.

/** 1 for letters, digits, hyphen, underscore and the other printing characters that no reader takes for syntax. */
const PLAIN = new Uint8Array(256);
for (const octet of new TextEncoder().encode('abcdefghijklmnopqrstuvwxyz0123456789-_*')) PLAIN[octet] = 1;

/** Presentation form of the name from `offset` on, cut at the buffer's end; the escapes of wire/presentation.ts. */
export function writeName(name: Uint8Array, offset: number, target: Uint8Array, start: number): number {
  let at = start;
  let label = offset;
  while (name[label] !== 0) {
    const labelEnd = label + 1 + name[label]!;
    if (label !== offset && at < target.length) target[at++] = 0x2e;
    for (let i = label + 1; i < labelEnd; i += 1) {
      const octet = name[i]!;
      if (at + 4 > target.length) return at;
      if (PLAIN[octet] === 1) target[at++] = octet;
      else {
        target[at++] = 0x5c;
        target[at++] = 0x30 + Math.floor(octet / 100);
        target[at++] = 0x30 + (Math.floor(octet / 10) % 10);
        target[at++] = 0x30 + (octet % 10);
      }
    }
    label = labelEnd;
  }
  if (label === offset) target[at++] = 0x2e;
  return at;
}
