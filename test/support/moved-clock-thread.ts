// Loaded into each thread of a daemon of the box: its calendar is so many ms off (FLEET_BOX_SKEW), and moves when the box moves that of all (the file FLEET_BOX_CLOCK).
import { readFileSync } from 'node:fs';

const LOOK_MS = 100;
const Real = Date;
const { FLEET_BOX_SKEW = '0', FLEET_BOX_CLOCK = '' } = process.env;
const skewMs = Number(FLEET_BOX_SKEW);
let movedMs = 0;
let lookedMs = Number.NEGATIVE_INFINITY;

function now(): number {
  const monotonicMs = performance.now();
  if (monotonicMs - lookedMs > LOOK_MS) {
    lookedMs = monotonicMs;
    try {
      movedMs = Number(readFileSync(FLEET_BOX_CLOCK, 'utf8')) || 0;
    } catch {
      // It stays as it was.
    }
  }
  return Real.now() + skewMs + movedMs;
}

globalThis.Date = new Proxy(Real, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});
