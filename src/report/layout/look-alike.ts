// Whether one name was made to be taken for another, by their letters alone: which of the two is the false one shows in them.

/** Dots may be marked. */
const DOT = /(?:\\?\[(?:\.|dot)\\?\]|\(\.\)|\(dot\)|\{\.\}|\[\.|\.\]|\\?\.)/gi;
const SHORTEST = 5;

/** Letters that are read for others: `rn` for `m`, `0` for `o`. */
const READ_AS: readonly (readonly [RegExp, string])[] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/0/g, 'o'],
  [/1/g, 'l'],
  [/3/g, 'e'],
  [/5/g, 's'],
];

/** Whether `mystorc` differs from `mystore` by what only a forger writes: letters that are read for those of the other. */
export function isReadAs(falseOne: string, trueOne: string): boolean {
  const [written, meant] = [ownLabel(falseOne), ownLabel(trueOne)];
  if (meant.length < SHORTEST || written === meant) return false;
  // `c2-01` and `c2-02` are two of a series.
  if (/\d/.test(meant)) return false;
  return replaced(written).has(meant);
}

/** Whether they differ by one letter that was left out, put in or doubled, or by two that changed places. */
export function isMistypedFor(falseOne: string, trueOne: string): boolean {
  const [written, meant] = [ownLabel(falseOne), ownLabel(trueOne)];
  if (meant.length < SHORTEST || written.length < SHORTEST || written === meant) return false;
  if (/\d/.test(written + meant)) return false;
  if (written.length === meant.length) return isSwapped(written, meant);
  return written.length > meant.length ? isOneMore(written, meant) : isOneMore(meant, written);
}

/** With each of READ_AS in its place alone, and with all. */
function replaced(label: string): Set<string> {
  const all = READ_AS.reduce((text, [letters, letter]) => text.replaceAll(letters, letter), label);
  const single = READ_AS.map(([letters, letter]) => label.replaceAll(letters, letter));
  const capital = label.replaceAll('1', 'i');
  return new Set([all, capital, ...single]);
}

function isSwapped(one: string, other: string): boolean {
  const at = [...one].findIndex((letter, index) => letter !== other[index]);
  return (
    at >= 0 &&
    one[at] === other[at + 1] &&
    one[at + 1] === other[at] &&
    one.slice(at + 2) === other.slice(at + 2)
  );
}

function isOneMore(longer: string, shorter: string): boolean {
  if (longer.length !== shorter.length + 1) return false;
  let at = 0;
  while (at < shorter.length && longer[at] === shorter[at]) at += 1;
  return longer.slice(at + 1) === shorter.slice(at);
}

/** Of a name or URL as it is printed, marked or not. */
export const hostPrinted = (printed: string): string =>
  printed
    .toLowerCase()
    .replace(/^[^/]*\/\//, '')
    .split(/[/?#\s]/, 1)[0]!
    .replaceAll(DOT, '.');

/** The longest label but the last: of `www.example.co.uk` it is the owner's own. */
function ownLabel(printed: string): string {
  const labels = hostPrinted(printed).split('.').slice(0, -1);
  return labels.reduce((longest, label) => (label.length > longest.length ? label : longest), '');
}
