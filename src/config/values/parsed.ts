// What reading one written value yields: the value, or what is wrong with it and what would be right.

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly wrong: string; readonly right: string };

export function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** @param wrong a clause without the place; @param right what to write instead, beginning in lower case */
export function bad(wrong: string, right: string): Parsed<never> {
  return { ok: false, wrong, right };
}

/** The text between marks, shortened so that a message stays one line. */
export function quote(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return `\`${line.length > 60 ? `${line.slice(0, 57)}...` : line}\``;
}
