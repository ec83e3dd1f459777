// The YAML of an entry whose texts need no quotes and no fold, as most need none: what the library prints, in a tenth of its time.
// Twin: the library itself, in the tests.
import type { IndicatorEntry } from '../formats/indicators/indicators.ts';

/** Short of the width at which the library folds, for the longest key. */
const CHARACTERS_MAX = 70;
/** A name's last label is of two letters or more, so none is a number (`1.e5` is). */
const NAME = /^[a-z0-9][a-z0-9.-]*\.[a-z]{2,}$/;
/** Words and signs that mean nothing between them, a colon only before what is no space, or a day, or a moment. */
const TEXT =
  /^(?:\p{L}(?:(?:[\p{L}0-9 .,/+_()[\]<>=&?%@|*;!~$^{}-]|:(?=[A-Za-z0-9/]))*[\p{L}0-9.)])?|\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)?)$/u;
/** What YAML reads as something else than text. */
const KEYWORD = /^(?:null|true|false)$/i;

/** The lines of one item of a sequence in a map; null where the library has to say how it is written. */
export function plainItem({ name, said, isExact, isBelow }: IndicatorEntry): string | null {
  if (name.length > CHARACTERS_MAX || !NAME.test(name)) return null;
  let more = '';
  for (const [key, value] of Object.entries(said)) {
    if (value === null || value === undefined) continue;
    if (typeof value !== 'string' || value.length > CHARACTERS_MAX) return null;
    if (!TEXT.test(value) || KEYWORD.test(value)) return null;
    more += `    ${key}: ${value}\n`;
  }
  // As text: what reads it knows no other.
  if (isExact) more += "    subdomains: 'false'\n";
  else if (isBelow === true) more += '    subdomains: only\n';
  return more === '' ? `  - ${name}\n` : `  - name: ${name}\n${more}`;
}
