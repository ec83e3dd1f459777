// How long upstreams took, in one octet: steps of five hundredths, from 50 µs to 12 s.
const FIRST_MS = 0.05;
const STEP = 1.05;
const CODE_MAX = 255;
const LOG_STEP = Math.log(STEP);

/** 0: it is not known. */
export function waitCode(ms: number): number {
  if (!(ms >= 0)) return 0;
  const steps = Math.round(Math.log(Math.max(ms, FIRST_MS) / FIRST_MS) / LOG_STEP);
  return Math.min(CODE_MAX, steps + 1);
}

/** Milliseconds, two digits of which mean something; null where it is not known. */
export function waitMs(code: number): number | null {
  return code === 0 ? null : Number((FIRST_MS * STEP ** (code - 1)).toPrecision(2));
}
