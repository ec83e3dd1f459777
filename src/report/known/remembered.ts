// What is found out of a short text, once: names of fields, types and headings come again in every row and section of a report.

const TEXTS_MAX = 1000;

/** @param charactersMax of a text that comes again @returns the same function */
export function remembered<T>(find: (text: string) => T, charactersMax: number): (text: string) => T {
  const found = new Map<string, T>();
  return (text) => {
    if (text.length > charactersMax) return find(text);
    let known = found.get(text);
    if (known === undefined && !found.has(text)) {
      known = find(text);
      if (found.size >= TEXTS_MAX) found.clear();
      found.set(text, known);
    }
    return known as T;
  };
}
