// Who is told what waited for a receiver that the configuration no longer has under its name: a URL or a format was corrected, or
// somebody gave it a name of its own.

/**
 * @param before names in the order of the configuration then
 * @param now names in the order of the configuration now
 * @returns old name → new name; one without an heir is gone, and what waits for it with it
 */
export function heirsOf(before: readonly string[], now: readonly string[]): ReadonlyMap<string, string> {
  const heirs = new Map<string, string>();
  for (const name of before) if (now.includes(name)) heirs.set(name, name);
  const gone = before.filter((name) => !now.includes(name));
  const fresh = now.filter((name) => !before.includes(name));
  // In the same place of the list stands what it became.
  for (const name of gone) {
    const there = now[before.indexOf(name)];
    if (there !== undefined && fresh.includes(there)) heirs.set(name, there);
  }
  const [left, ...others] = gone.filter((name) => !heirs.has(name));
  const [heir, ...further] = fresh.filter((name) => ![...heirs.values()].includes(name));
  if (left !== undefined && heir !== undefined && others.length + further.length === 0) heirs.set(left, heir);
  return heirs;
}
