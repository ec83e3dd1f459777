// Hits as lines of JSON, in octets: what JSON.stringify writes, put together from pieces that are kept by the objects hits share. As a text each
// line was some twenty strings, and copied twice before it was octets: a quarter of the garbage of a flood.
//
// Twin: JSON.stringify in test/hits/log/hit-lines.test.ts.
import { copyOctets } from '../../wire/octets.ts';
import { type Hit, isOfKind } from '../hit.ts';
import { withRoom } from './room.ts';

/** What one hit after another has alike: most are of the same rule, type and transport. */
interface Pieces {
  readonly of: Hit;
  /** From the name's end to the rule, from there to `via`, from there to the machine. */
  readonly type: Buffer;
  readonly list: Buffer;
  readonly indicator: Buffer;
  /** From the matches to `through`. */
  readonly outcome: Buffer;
  /** From there to the end. */
  readonly resolver: Buffer;
}

const KINDS_RECENT = 4;
const OCTETS_FIRST = 65_536;
/** Of one UTF-16 unit as JSON. */
const UNIT_OCTETS_MAX = 6;

const BEGIN = Buffer.from('{"event":"hit","id":"');
const TIME = Buffer.from('","time":"');
const COUNT = Buffer.from('","count":');
const VISIT = Buffer.from(',"visit":');
const MATCHES = Buffer.from(',"matches":');
const NULL = Buffer.from('null');
const QUOTE = 34;
const BACKSLASH = 92;
const ZERO = 48;

const texts = new WeakMap<object, string>();

/** JSON of an object that does not change. */
export function jsonOf(shared: object): string {
  let text = texts.get(shared);
  if (text === undefined) {
    text = JSON.stringify(shared);
    texts.set(shared, text);
  }
  return text;
}

export class HitLines {
  #octets = Buffer.allocUnsafeSlow(OCTETS_FIRST);
  #length = 0;
  #size = 0;
  readonly #recent: Pieces[] = [];
  /** With what stands before and behind it. */
  readonly #clients = new WeakMap<object, Buffer>();
  readonly #matches = new WeakMap<object, Buffer>();

  /** How many. */
  get size(): number {
    return this.#size;
  }

  /** All of them, each with its line feed; until the next is added. */
  get octets(): Buffer {
    return this.#octets.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    this.#size = 0;
  }

  add(hit: Hit): void {
    const { type, list, indicator, outcome, resolver } = this.#piecesOf(hit);
    this.#put(BEGIN);
    this.#text(hit.id);
    this.#put(TIME);
    this.#text(hit.time);
    this.#put(COUNT);
    this.#number(hit.count);
    this.#put(this.#clientOf(hit.client));
    this.#quoted(hit.question.name);
    this.#put(type);
    this.#quoted(hit.rule);
    this.#put(list);
    this.#quotedOrNull(hit.via);
    this.#put(indicator);
    this.#quoted(hit.machine);
    this.#put(VISIT);
    this.#quoted(hit.visit);
    this.#put(this.#matchesOf(hit.matches));
    this.#put(outcome);
    this.#quotedOrNull(hit.through);
    this.#put(resolver);
    this.#size += 1;
  }

  #clientOf(client: object): Buffer {
    let octets = this.#clients.get(client);
    if (octets === undefined) {
      octets = Buffer.from(`,"client":${JSON.stringify(client)},"question":{"name":`);
      this.#clients.set(client, octets);
    }
    return octets;
  }

  #matchesOf(matches: object): Buffer {
    let octets = this.#matches.get(matches);
    if (octets === undefined) {
      octets = Buffer.concat([MATCHES, Buffer.from(JSON.stringify(matches))]);
      this.#matches.set(matches, octets);
    }
    return octets;
  }

  #piecesOf(hit: Hit): Pieces {
    const recent = this.#recent;
    for (const one of recent) if (isOfKind(one.of, hit)) return one;
    const { question, transport, verdict, list, answer, indicator, worker, outcome, rcode } = hit;
    const made: Pieces = {
      of: hit,
      type: Buffer.from(
        `,"type":"${question.type}","class":"${question.class}"},"transport":"${transport}","verdict":"${verdict}","rule":`,
      ),
      list: Buffer.from(`,"list":${JSON.stringify(list)},"answer":${JSON.stringify(answer)},"via":`),
      indicator: Buffer.from(`,"indicator":${JSON.stringify(indicator)},"worker":${worker},"machine":`),
      outcome: Buffer.from(`,"outcome":"${outcome}","rcode":${JSON.stringify(rcode)},"through":`),
      resolver: Buffer.from(`,"resolver":${JSON.stringify(hit.resolver)}}\n`),
    };
    recent.unshift(made);
    if (recent.length > KINDS_RECENT) recent.pop();
    return made;
  }

  #put(piece: Buffer): void {
    this.#makeRoom(piece.length);
    copyOctets(piece, 0, this.#octets, this.#length, piece.length);
    this.#length += piece.length;
  }

  /** ASCII, without quote and backslash. */
  #text(text: string): void {
    this.#makeRoom(text.length);
    const octets = this.#octets;
    for (let i = 0; i < text.length; i += 1) octets[this.#length + i] = text.charCodeAt(i);
    this.#length += text.length;
  }

  #number(value: number): void {
    if (value >= 0 && value < 10) {
      this.#makeRoom(1);
      this.#octets[this.#length] = ZERO + value;
      this.#length += 1;
    } else this.#text(String(value));
  }

  #quotedOrNull(text: string | null): void {
    if (text === null) this.#put(NULL);
    else this.#quoted(text);
  }

  #quoted(text: string): void {
    this.#makeRoom(text.length * UNIT_OCTETS_MAX + 2);
    const octets = this.#octets;
    let at = this.#length;
    octets[at] = QUOTE;
    at += 1;
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) {
        this.#length += octets.write(JSON.stringify(text), this.#length);
        return;
      }
      octets[at + i] = unit;
    }
    octets[at + text.length] = QUOTE;
    this.#length = at + text.length + 1;
  }

  #makeRoom(octets: number): void {
    this.#octets = withRoom(this.#octets, this.#length, octets);
  }
}
