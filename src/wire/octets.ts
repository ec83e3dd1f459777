// Copies octets between messages.
//
// HOT. Trade: a short copy is a loop; TypedArray.set wants a view, which costs more than forty octets do and is garbage.

const LOOP_OCTETS_MAX = 160;

/** Copies `source[from .. from + length)` to `target[at ..)`; the two do not overlap. */
export function copyOctets(
  source: Uint8Array,
  from: number,
  target: Uint8Array,
  at: number,
  length: number,
): void {
  if (length > LOOP_OCTETS_MAX) target.set(source.subarray(from, from + length), at);
  else for (let i = 0; i < length; i += 1) target[at + i] = source[from + i]!;
}
