// The text of a host name in its one usual form, without a trip through wire form where it has that form already.
import { hostToName, nameToText } from '../../wire/names/presentation.ts';

const USUAL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
/** A name of 253 characters has 255 octets in wire form (RFC 1035 §2.3.4). */
const CHARACTERS_MAX = 253;

/** Lower case, A-labels, no trailing dot; null when it is no host name. */
export function hostText(written: string): string | null {
  if (written.length <= CHARACTERS_MAX && USUAL.test(written)) return written;
  const wire = hostToName(written);
  return wire === null ? null : nameToText(wire);
}
