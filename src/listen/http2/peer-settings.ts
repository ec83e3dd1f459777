// What the client says of itself in SETTINGS (RFC 9113 §6.5.2), as far as a server that sends small answers needs it.
import { ERROR, PAYLOAD_OCTETS_MAX, readU31, SETTING, WINDOW_OCTETS_FIRST } from './frame.ts';

const TABLE_OCTETS_FIRST = 4_096;
const PAYLOAD_OCTETS_LIMIT = 16_777_215;

export class PeerSettings {
  /** Of each stream, until WINDOW_UPDATE says more. */
  windowOctets = WINDOW_OCTETS_FIRST;
  payloadOctetsMax = PAYLOAD_OCTETS_MAX;
  /**
   * The client's table became smaller than HPACK takes it to be: the next field block has to say that ours is empty (RFC 7541 §4.2).
   * We never fill it, so that it is said once.
   */
  owesTableSize = false;
  #saidTableSize = false;

  /** Applies a payload of whole settings. @returns a value of ERROR, 0 when all is well */
  apply(octets: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at += 6) {
      const number = (octets[at]! << 8) | octets[at + 1]!;
      const isLarge = octets[at + 2]! >= 0x80;
      const value = readU31(octets, at + 2);
      switch (number) {
        case SETTING.headerTableSize:
          if (!isLarge && value < TABLE_OCTETS_FIRST && !this.#saidTableSize) this.owesTableSize = true;
          break;
        case SETTING.enablePush:
          if (isLarge || value > 1) return ERROR.protocol;
          break;
        case SETTING.initialWindowSize:
          if (isLarge) return ERROR.flowControl;
          this.windowOctets = value;
          break;
        case SETTING.maxFrameSize:
          if (isLarge || value < PAYLOAD_OCTETS_MAX || value > PAYLOAD_OCTETS_LIMIT) return ERROR.protocol;
          this.payloadOctetsMax = value;
          break;
      }
    }
    return ERROR.none;
  }

  tableSizeIsSaid(): void {
    this.owesTableSize = false;
    this.#saidTableSize = true;
  }
}
