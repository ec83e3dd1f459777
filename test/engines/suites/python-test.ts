// A test in the manner of PowerDNS' regression tests (Python), read as text: its classes, the files they write, and what their calls are given.

/** An argument: a string, another call, or an expression as it stands. */
export type Argument =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Argument[] }
  | { readonly kind: 'other'; readonly text: string };

export interface Call {
  readonly name: string;
  readonly args: readonly Argument[];
}

export interface PythonClass {
  readonly name: string;
  readonly base: string;
  readonly text: string;
}

/** In the file's order. */
export function classesIn(source: string): PythonClass[] {
  return source.split(/^(?=class )/m).flatMap((text) => {
    const [, name = '', base = ''] = /^class (\w+)\((\w+)\)/.exec(text) ?? [];
    return name === '' ? [] : [{ name, base, text }];
  });
}

/** Text of each file that it writes, by name. */
export const filesOf = ({ text }: PythonClass): ReadonlyMap<string, string> =>
  new Map(
    text
      .split('os.path.join(confdir, "')
      .slice(1)
      .map((part) => [part.split('"')[0]!, part.split('"""')[1] ?? ''] as const),
  );

/** Value of a class's attribute that is a text over several lines. */
export const attributeOf = ({ text }: PythonClass, name: string): string =>
  text.split(`\n    ${name} = """`)[1]?.split('"""')[0] ?? '';

/** Bodies of its tests, together. */
export const testsOf = ({ text }: PythonClass): string =>
  text
    .split(/^(?= {4}def |\w)/m)
    .filter((part) => part.startsWith('    def test'))
    .join('');

/** Each call of these functions, in the text's order. */
export function callsIn(text: string, names: RegExp): Call[] {
  return [...text.matchAll(/([A-Za-z_][\w.]*)\(/g)].flatMap((found) => {
    const name = found[1]!.replace(/^self\./, '');
    if (!names.test(name)) return [];
    const end = found.index + found[0].length;
    return [{ name, args: argumentsFrom(text, end).args }];
  });
}

/** @param at behind the opening parenthesis */
function argumentsFrom(text: string, at: number): { args: Argument[]; end: number } {
  const args: Argument[] = [];
  let [start, depth, i] = [at, 0, at];
  for (; i < text.length && depth >= 0; i += 1) {
    const octet = text[i]!;
    if (octet === '"' || octet === "'") i = text.indexOf(octet, i + 1);
    else if ('([{'.includes(octet)) depth += 1;
    else if (')]}'.includes(octet)) depth -= 1;
    if (depth < 0 || (depth === 0 && text[i] === ',')) {
      const one = text.slice(start, i).trim();
      if (one !== '') args.push(argumentOf(one));
      start = i + 1;
    }
  }
  return { args, end: i };
}

function argumentOf(text: string): Argument {
  const [, quoted] = /^"([^"]*)"$/.exec(text) ?? /^'([^']*)'$/.exec(text) ?? [];
  if (quoted !== undefined) return { kind: 'text', text: quoted };
  const call = /^([A-Za-z_][\w.]*)\(/.exec(text);
  if (call === null) return { kind: 'other', text };
  return { kind: 'call', name: call[1]!, args: argumentsFrom(text, call[0].length).args };
}
