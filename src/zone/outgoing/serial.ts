// Serial numbers of a zone (RFC 1982): they go round, and only grow.

/** Whether `a` is newer than `b` (§3.2). */
export function isNewer(a: number, b: number): boolean {
  const ahead = (a - b) >>> 0;
  return ahead !== 0 && ahead < 0x8000_0000;
}

export function nextSerial(serial: number): number {
  return (serial + 1) >>> 0;
}

/** Of a zone that never had one: above what a lost state had, since no zone changes more than once a second for long. */
export function firstSerial(nowMs: number): number {
  return Math.floor(nowMs / 1000) >>> 0;
}
