// Master files (RFC 1035 §5): lines into records, with parentheses, quotes, comments, blank owners and $ORIGIN.

import { textToType, typeToText } from '../wire/records/iana.ts';

/** Why a line or record is passed over. */
export type ZoneSkip = 'bad-syntax' | 'line-too-long' | 'unsupported-action';

export interface ZoneRecord {
  /** As written, made absolute with $ORIGIN where one is known; ends in a dot only when absolute. */
  readonly owner: string;
  /** Upper case. */
  readonly type: string;
  readonly rdata: readonly string[];
  readonly line: number;
}

/** Octets of one record over all its lines. */
const RECORD_CHARACTERS_MAX = 65_536;
/** Of a name without escapes, with its dots. */
const OWNER_OCTETS_MAX = 2048;
const CLASSES = /^(IN|CH|HS|CS|NONE|ANY)$/i;
const TTL = /^\d+(?:[wdhms]\d+)*[wdhms]?$/i;

const decoder = new TextDecoder();

export class ZoneReader {
  readonly #onRecord: (record: ZoneRecord) => void;
  readonly #onSkip: (reason: ZoneSkip, line: number, text: string) => void;
  /** Absolute, with its dot; empty while unknown. */
  origin = '';
  #owner = '';
  /** What a reader of its own took from a line, as octets: turned into #owner when a line wants it. */
  readonly #taken = new Uint8Array(OWNER_OCTETS_MAX);
  #takenOctets = 0;
  /** Tokens of a record whose parenthesis is open. */
  #open: { tokens: string[]; indent: boolean; line: number; size: number; text: string } | null = null;

  constructor(
    onRecord: (record: ZoneRecord) => void,
    onSkip: (reason: ZoneSkip, line: number, text: string) => void,
  ) {
    this.#onRecord = onRecord;
    this.#onSkip = onSkip;
  }

  /** Whether a parenthesis is open: the next line is no record of its own. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** A line that somebody else has read had this owner. */
  useOwner(bytes: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i += 1) this.#taken[i - start] = bytes[i]!;
    this.#takenOctets = end - start;
  }

  readonly onLine = (bytes: Uint8Array, start: number, end: number, line: number): void => {
    const text = decoder.decode(bytes.subarray(start, end));
    const open = this.#open;
    const tokens = open?.tokens ?? [];
    const depth = tokenise(text, tokens, open === null ? 0 : 1);
    if (depth < 0) {
      this.#open = null;
      this.#onSkip('bad-syntax', line, text);
      return;
    }
    if (depth > 0) {
      const size = (open?.size ?? 0) + text.length;
      this.#open = open ?? { tokens, indent: bytes[start]! <= 0x20, line, size, text };
      this.#open.size = size;
      if (size > RECORD_CHARACTERS_MAX) {
        this.#open = null;
        this.#onSkip('line-too-long', line, text);
      }
      return;
    }
    this.#open = null;
    if (tokens.length === 0) return;
    this.#readRecord(tokens, open?.indent ?? bytes[start]! <= 0x20, open?.line ?? line, open?.text ?? text);
  };

  /** @returns the owner's text made absolute, unchanged when no origin is known */
  absolute(name: string): string {
    if (name === '@') return this.origin;
    if (name.endsWith('.') && !name.endsWith('\\.')) return name;
    if (this.origin === '') return name;
    return this.origin === '.' ? `${name}.` : `${name}.${this.origin}`;
  }

  /** What was open at the end is reported. */
  end(): void {
    if (this.#open !== null) this.#onSkip('bad-syntax', this.#open.line, this.#open.text);
    this.#open = null;
  }

  #readRecord(tokens: string[], indent: boolean, line: number, text: string): void {
    const first = tokens[0]!;
    if (first.startsWith('$') && !indent) {
      this.#readDirective(first, tokens, line, text);
      return;
    }
    let at = 0;
    if (indent && this.#takenOctets > 0)
      this.#owner = this.absolute(decoder.decode(this.#taken.subarray(0, this.#takenOctets)));
    this.#takenOctets = 0;
    if (!indent) {
      this.#owner = this.absolute(first);
      at = 1;
    } else if (this.#owner === '') {
      this.#onSkip('bad-syntax', line, text);
      return;
    }
    for (; at < tokens.length - 1; at += 1) if (!CLASSES.test(tokens[at]!) && !TTL.test(tokens[at]!)) break;
    const type = tokens[at];
    if (type === undefined || !/^[a-z][a-z0-9-]*$/i.test(type)) {
      this.#onSkip('bad-syntax', line, text);
      return;
    }
    const number = textToType(type);
    const usual = number === null ? type.toUpperCase() : typeToText(number); // TYPE5 is CNAME (RFC 3597 §5)
    this.#onRecord({ owner: this.#owner, type: usual, rdata: tokens.slice(at + 1), line });
  }

  #readDirective(first: string, tokens: string[], line: number, text: string): void {
    const value = tokens[1];
    if (first.toUpperCase() === '$ORIGIN' && value !== undefined)
      this.origin = this.absolute(value).toLowerCase();
    else if (first.toUpperCase() !== '$TTL') this.#onSkip('unsupported-action', line, text);
  }
}

/** Appends the words of a line. @returns how deep its parentheses leave us (0 or 1), −1 when they do not fit */
function tokenise(text: string, tokens: string[], depthBefore: number): number {
  let depth = depthBefore;
  const word = /"(?:[^"\\]|\\.)*"|(?:\\.|[^\s();"\\])+|[();"\\]/g;
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    const token = match[0];
    if (token === ';') return depth;
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === '"' || token === '\\') return -1;
    else tokens.push(token);
    if (depth < 0 || depth > 1) return -1;
  }
  return depth;
}
