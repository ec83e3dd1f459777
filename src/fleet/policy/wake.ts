// What tells sites that something is published: its number and, where it is small, the policy itself with the packs that are new in it. So it comes
// into force also while the stream that shall keep it has no leader; whoever does not hear it asks the stream, as for what is not small.
//
// The number in decimal digits, then a line feed and each text behind its length, the policy first. A site of an earlier release reads the number, or none, and asks
// the stream. Nobody signs the whole: the policy is signed, and names its packs by their SHA-256.
import type { Link } from '../link.ts';
import { SUBJECTS } from '../subjects.ts';
import type { Contents } from './contents.ts';
import type { PolicyDocument } from './document.ts';

/** Each connected site gets it, again and again while no stream takes the policy. */
const OCTETS_MAX = 64 * 1024;
const LENGTH_OCTETS = 4;
const DIGITS_MAX = 16;
const LINE_FEED = 0x0a;
/** How often it is told while no stream takes the policy: at first for those that connect to another server, then for whoever comes. */
const OFFER_MS = { soon: 1_000, later: 10_000 } as const;
const SOON = 15;

export interface Wake {
  /** What is published; 0: it does not say. */
  readonly revision: number;
  readonly policy: Uint8Array | null;
  readonly packs: readonly Uint8Array[];
}

export function readWake(octets: Uint8Array): Wake {
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  const line = buffer.subarray(0, DIGITS_MAX + 1).indexOf(LINE_FEED);
  const number = Number(buffer.subarray(0, line === -1 ? DIGITS_MAX : line).toString('latin1'));
  const texts: Uint8Array[] = [];
  if (line !== -1 && octets.length <= OCTETS_MAX)
    for (let at = line + 1; at + LENGTH_OCTETS <= buffer.length; ) {
      const end = at + LENGTH_OCTETS + buffer.readUInt32BE(at);
      if (end > buffer.length) break;
      texts.push(buffer.subarray(at + LENGTH_OCTETS, end));
      at = end;
    }
  const [policy = null, ...packs] = texts;
  return { revision: Number.isSafeInteger(number) ? number : 0, policy, packs };
}

/** @param held what sites may have already; null: not known */
export async function wakeOf(
  policy: Uint8Array,
  { revision, packs }: PolicyDocument,
  held: PolicyDocument | null,
  blobs: Pick<Contents, 'read'>,
): Promise<Uint8Array> {
  const known = new Set((held?.packs ?? []).map(({ blob }) => blob));
  const parts = [Buffer.from(`${revision}\n`)];
  let free = OCTETS_MAX - DIGITS_MAX;
  const add = (text: Uint8Array): void => {
    const length = Buffer.alloc(LENGTH_OCTETS);
    length.writeUInt32BE(text.length);
    parts.push(length, Buffer.from(text));
    free -= LENGTH_OCTETS + text.length;
  };
  const fits = (octets: number): boolean => octets + LENGTH_OCTETS <= free;
  if (!fits(policy.length)) return Buffer.concat(parts);
  add(policy);
  // A text that sites may have another of goes as the difference alone: whoever has none asks the stream for the whole.
  const differing = new Set(packs.filter(({ from }) => from !== null).map(({ to }) => to));
  for (const { blob, octets, from, to } of packs.toSorted((a, b) => a.octets - b.octets)) {
    if (known.has(blob) || !fits(octets) || (from === null && differing.has(to))) continue;
    // One that is not on this disk any more may be in the stream.
    const pack = await blobs.read(blob).catch(() => null);
    if (pack !== null) add(pack);
  }
  return Buffer.concat(parts);
}

/** Tells it again and again until a stream has it. */
export class Offers {
  readonly #link: Pick<Link, 'tell'>;
  #timer: NodeJS.Timeout | null = null;
  #wake: Uint8Array = new Uint8Array();

  constructor(link: Pick<Link, 'tell'>) {
    this.#link = link;
  }

  begin(wake: Uint8Array): void {
    this.#wake = wake;
    this.#in(0);
  }

  tell(): void {
    this.#link.tell(SUBJECTS.wakeAll, this.#wake);
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #in(turn: number): void {
    this.end();
    this.#timer = setTimeout(
      () => {
        this.tell();
        this.#in(turn + 1);
      },
      turn < SOON ? OFFER_MS.soon : OFFER_MS.later,
    ).unref();
  }
}
