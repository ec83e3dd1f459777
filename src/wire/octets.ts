// Copies octets between messages.
//
// HOT. A loop over octets takes one to two nanoseconds each; Node's copy of buffers, which takes any Uint8Array, some 50 for any length of a
// message. TypedArray.set would want a view, which is garbage.

const LOOP_OCTETS_MAX = 40;
const { copy } = Buffer.prototype;

/** Copies `source[from .. from + length)` to `target[at ..)`; the two do not overlap. */
export function copyOctets(
  source: Uint8Array,
  from: number,
  target: Uint8Array,
  at: number,
  length: number,
): void {
  if (length > LOOP_OCTETS_MAX) copy.call(source, target, at, from, from + length);
  else for (let i = 0; i < length; i += 1) target[at + i] = source[from + i]!;
}
