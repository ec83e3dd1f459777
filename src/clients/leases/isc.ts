// ISC dhcpd's files, read as its own grammar has them: a client's words stand in strings, and nothing in a string is a statement.
import { clientMac, sentName } from '../client-name.ts';
import { hexOctets, type Said } from './lease.ts';

/** A word, a string's octets as latin1 characters, or one of `{};`. */
interface Token {
  readonly kind: 'word' | 'string' | 'mark';
  readonly text: string;
  /** Whether it begins a line. */
  readonly isFirst?: boolean;
}
type Statement = readonly Token[];

/** The server writes these at the beginning of a line, and no other statement. */
const OUTERMOST = new Set(['lease', 'ia-na', 'ia-ta', 'ia-pd', 'server-duid', 'failover']);
const IAID_OCTETS = 4;

export function iscLeases(text: string): Said[] {
  const leases: Said[] = [];
  /** Heads of the blocks that are open, each with the statements seen in it. */
  const open: { readonly head: Statement; readonly body: Statement[] }[] = [];
  let statement: Token[] = [];
  for (const token of tokensOf(text)) {
    if (token.kind !== 'mark') {
      if (token.isFirst === true && OUTERMOST.has(token.text)) {
        // Whatever is open before it was cut off when the server, or its machine, went down.
        open.length = 0;
        statement = [];
      }
      statement.push(token);
    } else if (token.text === ';') {
      open.at(-1)?.body.push(statement);
      statement = [];
    } else if (token.text === '{') {
      open.push({ head: statement, body: [] });
      statement = [];
    } else {
      const block = open.pop();
      statement = [];
      if (block === undefined) continue;
      const [word, subject] = block.head;
      const outer = open.at(-1)?.head ?? [];
      if (word?.text === 'lease' && open.length === 0)
        leases.push(leaseOf(subject?.text ?? '', block.body, null));
      if (word?.text === 'iaaddr' && open.length === 1 && outer[0]?.text === 'ia-na')
        leases.push(leaseOf(subject?.text ?? '', block.body, duidOf(outer[1])));
    }
  }
  return leases;
}

function leaseOf(ip: string, body: readonly Statement[], duid: string | null): Said {
  const named = (first: string, second?: string): Statement | undefined =>
    body.findLast(
      (statement) =>
        statement[0]?.kind === 'word' &&
        statement[0].text === first &&
        (second === undefined || statement[1]?.text === second),
    );
  const state = named('binding', 'state')?.[2]?.text;
  if (state !== undefined && state !== 'active') return { ip, lease: null };
  const uid = named('uid')?.[1];
  return {
    ip,
    lease: {
      mac: clientMac(named('hardware', 'ethernet')?.[2]?.text),
      name: sentName(named('client-hostname')?.[1]?.text),
      duid,
      clientId: uid === undefined ? null : hexOctets(octetsIn(uid)),
      endsMs: endOf(named('ends')),
    },
  };
}

/** `ends 2 2026/11/24 18:00:00;` (UTC), `ends epoch 1764000000;`, `ends never;`. */
function endOf(statement: Statement | undefined): number {
  const [, first, date, clock] = (statement ?? []).map(({ text }) => text);
  if (first === 'epoch') return Number(date) * 1000 || Number.POSITIVE_INFINITY;
  const [year, month, day, hour, minute, second] = `${date} ${clock}`.split(/[/: ]/).map(Number);
  const endsMs = Date.UTC(year ?? Number.NaN, (month ?? 1) - 1, day, hour, minute, second);
  return Number.isNaN(endsMs) ? Number.POSITIVE_INFINITY : endsMs;
}

/** The string of `ia-na` is the IAID and behind it the DUID. */
const duidOf = (token: Token | undefined): string | null =>
  token === undefined ? null : hexOctets(octetsIn(token).slice(IAID_OCTETS));

/** Identifiers are written as strings or as `aa:bb:…`. */
const octetsIn = ({ kind, text }: Token): number[] =>
  kind === 'string'
    ? Array.from(text, (character) => character.charCodeAt(0))
    : text.split(':').map((part) => Number.parseInt(part, 16));

function* tokensOf(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '"') {
      const end = endOfString(text, at + 1);
      if (end < 0) return;
      yield { kind: 'string', text: unescaped(text.slice(at + 1, end)) };
      at = end + 1;
    } else if (character === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end + 1;
    } else if ('{};'.includes(character)) {
      yield { kind: 'mark', text: character };
      at += 1;
    } else if (/\s/.test(character)) {
      at += 1;
    } else {
      const word = /[^\s{};"#]+/y;
      word.lastIndex = at;
      const found = word.exec(text)?.[0] ?? character;
      yield { kind: 'word', text: found, isFirst: at === 0 || text[at - 1] === '\n' };
      at += found.length;
    }
  }
}

/** Of the quotation mark that ends it, −1 when none does: the file is still being written. */
function endOfString(text: string, begin: number): number {
  for (let at = begin; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}

/** `\ooo` is an octet; a backslash takes away what the next character means. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3}|[\s\S])/g, (_, said: string) =>
    said.length === 3 ? String.fromCharCode(Number.parseInt(said, 8) & 0xff) : said,
  );
