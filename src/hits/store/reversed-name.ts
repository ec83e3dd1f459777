// Names with their labels turned round, so that what lies below a name sorts right behind it.
//
// Works on presentation form, where a dot inside a label is "\." and so is no boundary.

/** "www.example.com" ↔ "com.example.www"; its own inverse. */
export function reverseName(name: string): string {
  if (name === '.') return name;
  if (!name.includes('\\')) return name.split('.').reverse().join('.');
  return labelsOf(name).reverse().join('.');
}

/** The name without its first label; null when one label is left. */
export function parentOf(name: string): string | null {
  if (!name.includes('\\')) {
    const dot = name.indexOf('.');
    return dot < 0 || name === '.' ? null : name.slice(dot + 1);
  }
  const labels = labelsOf(name);
  return labels.length < 2 ? null : labels.slice(1).join('.');
}

// A space stands in no presentation form: it makes a label that no name has, for names below one that were not kept.
const BELOW = ' .';

/** What is kept in place of a name below `parent`. */
export const markBelow = (parent: string): string => (parent === '.' ? ' ' : BELOW + parent);
export const isBelowOnly = (name: string): boolean => name.startsWith(' ');
/** The parent that `markBelow` was given. */
export const plainName = (name: string): string => (name === ' ' ? '.' : name.slice(BELOW.length));

/** Bounds of all names below a reversed one: above the first, below the second ('/' follows '.'). */
export function rangeBelow(reversed: string): readonly [string, string] {
  if (reversed === '.') return ['', '\u007f'];
  return [`${reversed}.`, `${reversed}/`];
}

function labelsOf(name: string): string[] {
  const labels: string[] = [];
  let begin = 0;
  for (let i = 0; i < name.length; i += 1) {
    if (name[i] === '\\') i += 1;
    else if (name[i] === '.') {
      labels.push(name.slice(begin, i));
      begin = i + 1;
    }
  }
  labels.push(name.slice(begin));
  return labels;
}
