// Names to work with: generated in the manner of real lists, seeded so that every run has the same ones.

const WORDS =
  'cloud app secure login update mail shop news track ads cdn api data pay bank verify web static img play game crypto free win offer zone net host file auto best blue smart home'.split(
    ' ',
  );
const TOPS = [
  'com',
  'com',
  'com',
  'com',
  'net',
  'org',
  'xyz',
  'top',
  'info',
  'online',
  'site',
  'ru',
  'de',
  'co.uk',
  'com.br',
  'shop',
];

/** A generator of numbers 0 ≤ n < 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `count` different names. */
export function listNames(count: number, seed = 1): string[] {
  const random = seeded(seed);
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
  const names = new Set<string>();
  while (names.size < count) {
    const number = Math.floor(random() * 1e6).toString(36);
    const label = random() < 0.5 ? `${pick(WORDS)}${pick(WORDS)}${number}` : `${pick(WORDS)}-${number}`;
    const host = `${label}.${pick(TOPS)}`;
    names.add(random() < 0.3 ? `${pick(WORDS)}.${host}` : host);
  }
  return [...names];
}
