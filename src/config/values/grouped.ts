// Numbers for people. `toLocaleString` does the same, and loads a language's rules first: 20 ms, a fifth of a short command.

/** `1,234,567`. @param count a whole number, not negative */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 hit`, `2,000 hits`. @param many where it is not `one` with an s */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
