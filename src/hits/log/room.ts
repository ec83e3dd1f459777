// Buffers that are filled again and again: what is made anew a thousand times is garbage for long.

/** @param used octets in it that stay @returns it, or a longer one with them: room for `octets` more */
export function withRoom(buffer: Buffer<ArrayBuffer>, used: number, octets: number): Buffer<ArrayBuffer> {
  if (used + octets <= buffer.length) return buffer;
  const longer = Buffer.allocUnsafeSlow(Math.max(used + octets, 2 * buffer.length));
  buffer.copy(longer, 0, 0, used);
  return longer;
}
