// A header section that comes in more than one frame (RFC 9113 §4.3): gathered up to a bound of octets and of frames (CVE-2024-27316).
import { copyOctets } from '../../wire/octets.ts';
import { BLOCK_OCTETS_MAX } from './block-reader.ts';

/** HEADERS and CONTINUATION; eight of 4 KiB are as long as a section may be. */
const FRAMES_MAX = 16;
const OCTETS_FIRST = 1_024;
const NONE = new Uint8Array(0);

export class HeaderBlock {
  isOpen = false;
  streamId = 0;
  /** The request has nothing behind it. */
  isLast = false;
  /** It claims to depend on itself (RFC 7540 §5.3.1). */
  isOfItself = false;
  octets: Uint8Array = NONE;
  length = 0;
  #frames = 0;

  begin(streamId: number, isLast: boolean, isOfItself: boolean): void {
    this.streamId = streamId;
    this.isLast = isLast;
    this.isOfItself = isOfItself;
    this.length = 0;
    this.#frames = 0;
  }

  get hasParts(): boolean {
    return this.#frames > 0;
  }

  /** @returns false: too long, or too many frames */
  add(source: Uint8Array, from: number, to: number): boolean {
    this.isOpen = true;
    this.#frames += 1;
    const count = to - from;
    const wanted = this.length + count;
    if (wanted > BLOCK_OCTETS_MAX || this.#frames > FRAMES_MAX) return false;
    if (wanted > this.octets.length) {
      const grown = new Uint8Array(Math.max(OCTETS_FIRST, 2 * wanted));
      grown.set(this.octets.subarray(0, this.length));
      this.octets = grown;
    }
    copyOctets(source, from, this.octets, this.length, count);
    this.length = wanted;
    return true;
  }

  /** Its memory is not kept: few clients need it. The caller has read it. */
  end(): void {
    this.isOpen = false;
    this.octets = NONE;
  }
}
