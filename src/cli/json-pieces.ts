// JSON as JSON.stringify(value, null, 2) prints it, in pieces: the text of a million names would be held several times over before its first
// octet is out. Twin: JSON.stringify, in the tests.

/** Of an array, at once. */
const ELEMENTS = 100;
/** Deeper, all that there is is one piece: what is long stands above. */
const DEPTH_MAX = 3;

/** @param value plain data; what can only be gone through is an array */
export function* jsonPieces(value: unknown, depth = 0): Generator<string> {
  const inner = '  '.repeat(depth + 1);
  const end = `\n${'  '.repeat(depth)}`;
  if (isSequence(value) && (depth === DEPTH_MAX || !Array.isArray(value))) {
    let isFirst = true;
    for (const some of parted(value)) {
      const text = wrapped(some, depth);
      yield (isFirst ? '[' : ',') + text.slice(1, -1 - end.length);
      isFirst = false;
    }
    yield isFirst ? '[]' : `${end}]`;
  } else if (depth > DEPTH_MAX || !isLong(value)) yield wrapped(value, depth);
  else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) {
      yield `${index === 0 ? '[' : ','}\n${inner}`;
      yield* jsonPieces(each ?? null, depth + 1);
    }
    yield `${end}]`;
  } else {
    let isFirst = true;
    for (const [key, each] of Object.entries(value)) {
      if (each === undefined) continue;
      yield `${isFirst ? '{' : ','}\n${inner}${JSON.stringify(key)}: `;
      yield* jsonPieces(each, depth + 1);
      isFirst = false;
    }
    yield isFirst ? '{}' : `${end}}`;
  }
}

const isSequence = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

function* parted(values: Iterable<unknown>): Generator<unknown[]> {
  let some: unknown[] = [];
  for (const each of values) {
    some.push(each);
    if (some.length < ELEMENTS) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

const isLong = (value: unknown): value is object =>
  Array.isArray(value)
    ? value.length > 0
    : typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** As it stands so deep in others: no string of JSON has a line end of its own. */
const wrapped = (value: unknown, depth: number): string =>
  JSON.stringify(value, null, 2).replaceAll('\n', `\n${'  '.repeat(depth)}`);
