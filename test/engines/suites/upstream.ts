// What the servers of a test together would tell a resolver that asks them: the answer at the end of its aliases.
import { numberOfType, type ResponseParts, recordOctets } from '../../support/message.ts';

/** An answer without its aliases' targets; null where nothing is said of the name. */
export type Lookup = (name: string, type: string) => ResponseParts | null;

const ALIASES_MAX = 16;

/** `owner TTL class type rdata`, whatever of it is left out in the line. */
export function recordLine(line: string): string {
  const [owner = '.', ...rest] = line.match(/"(?:\\.|[^"])*"|\S+/g) ?? [];
  let ttl = '3600';
  while (/^(\d+|IN)$/i.test(rest[0] ?? '')) {
    const word = rest.shift()!;
    if (/^\d+$/.test(word)) ttl = word;
  }
  return [owner.toLowerCase(), ttl, rest[0]?.toUpperCase(), ...rest.slice(1)].join(' ');
}

/** Whether this record can be put into a message here; signatures and the like cannot. */
export function isWritable(line: string): boolean {
  try {
    return Number.isInteger(numberOfType(line.split(' ')[2] ?? '')) && recordOctets(line).length > 0;
  } catch {
    return false;
  }
}

/** Aliases are followed as a resolver follows them. */
export function resolved(lookup: Lookup, name: string, type: string): ResponseParts {
  const answer: string[] = [];
  let owner = name.toLowerCase();
  for (let left = ALIASES_MAX; left > 0; left -= 1) {
    const said = lookup(owner, type);
    if (said === null) return { answer, rcode: answer.length > 0 ? 'NXDOMAIN' : 'SERVFAIL' };
    const records = (said.answer ?? []).map(recordLine).filter(isWritable);
    answer.push(...records);
    const aliases = new Map(
      records.flatMap((line) => {
        const [of = '', , kind, target = ''] = line.split(' ');
        return kind === 'CNAME' ? [[of, target.toLowerCase()] as const] : [];
      }),
    );
    while (aliases.has(owner) && type !== 'CNAME') owner = aliases.get(owner)!;
    const isDone =
      records.length === 0 || type === 'CNAME' || records.some((line) => line.startsWith(`${owner} `));
    if (isDone) return { ...said, answer, authority: answer.length > 0 ? [] : (said.authority ?? []) };
  }
  return { rcode: 'SERVFAIL' };
}
