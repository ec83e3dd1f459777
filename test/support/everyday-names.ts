// Names that people really ask for where the shared lists are at hand, else made-up ones.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const path = join(import.meta.dirname, '../../../shared/data/lists/stevenblack.domains.txt');
const TOPS = ['com', 'net', 'org', 'io', 'co.uk', 'de', 'info'];

/** So many different host names, spread evenly over the list. */
export function everydayNames(count: number): readonly string[] {
  const listed = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(isHostName) : [];
  const names = [...new Set(listed)];
  for (let i = 0; names.length < count; i += 1)
    names.push(`www${i}.site${i % 997}.everyday.${TOPS[i % TOPS.length]}`);
  const step = names.length / count;
  return Array.from({ length: count }, (_, i) => names[Math.floor(i * step)] ?? '');
}

const isHostName = (line: string): boolean =>
  /^(?:[a-z0-9_-]{1,63}\.)+[a-z]{2,20}$/.test(line) && line.length < 250;
