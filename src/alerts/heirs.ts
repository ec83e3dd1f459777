// Who is told what waited for a receiver that the configuration no longer has under its name: a URL or a format was corrected, or
// somebody gave it a name of its own.

/**
 * @param before names in the order of the configuration then
 * @param now names in the order of the configuration now
 * @returns old name → new name; one without an heir is gone, and what waits for it with it
 */
export function heirsOf(before: readonly string[], now: readonly string[]): ReadonlyMap<string, string> {
  const heirs = new Map<string, string>();
  // Those at one host are numbered in their order: where another came there or went, the number says nothing, and the place does.
  const isNumberedAnew = (name: string): boolean => {
    const isAlike = (other: string): boolean => baseOf(other) === baseOf(name);
    return before.filter(isAlike).length !== now.filter(isAlike).length;
  };
  for (const [place, name] of before.entries()) {
    const there = now[place];
    if (there !== undefined && baseOf(there) === baseOf(name) && isNumberedAnew(name)) heirs.set(name, there);
  }
  const isTaken = (name: string): boolean => [...heirs.values()].includes(name);
  for (const name of before)
    if (now.includes(name) && !heirs.has(name) && !isTaken(name)) heirs.set(name, name);
  const gone = before.filter((name) => !heirs.has(name));
  const fresh = now.filter((name) => !isTaken(name));
  // In the same place of the list stands what it became.
  for (const name of gone) {
    const there = now[before.indexOf(name)];
    if (there !== undefined && fresh.includes(there)) heirs.set(name, there);
  }
  const [left, ...others] = gone.filter((name) => !heirs.has(name));
  const [heir, ...further] = fresh.filter((name) => !isTaken(name));
  if (left !== undefined && heir !== undefined && others.length + further.length === 0) heirs.set(left, heir);
  return heirs;
}

const baseOf = (name: string): string => name.replace(/ \d+$/, '');
