// The rule that decided, as one number beside a name: most are the name's own end ("ads.example" of "x.ads.example").
//
// 0: none. Even: so many characters at the end of the name, doubled. Odd: a row of `rules`, doubled, and one.

export const ruleOfEnd = (characters: number): number => characters * 2;
export const ruleOfRow = (id: number): number => id * 2 + 1;

/** Whether the rule is the end of the name that was asked for, at a label. */
export function isEndOf(rule: string, name: string): boolean {
  return name === rule || (name.endsWith(rule) && name[name.length - rule.length - 1] === '.');
}

/** @param textOf of a row of `rules` */
export function ruleText(rule: number, name: string, textOf: (id: number) => string | null): string | null {
  if (rule === 0) return null;
  return rule % 2 === 1 ? textOf((rule - 1) / 2) : name.slice(name.length - rule / 2);
}
