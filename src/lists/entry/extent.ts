// How much the names of a list hold, and how much they may: the work and memory of a list grow with its octets and labels, and
// real names are short.
import { ListError } from '../errors.ts';

/** What the names of one list may hold in any case. */
export const NAMES_OCTETS_MAX = 83_886_080;
export const NAMES_LABELS_MAX = 16_777_216;
/** And where there are many of them, for each. */
export const OCTETS_OF_NAME = 48;
export const LABELS_OF_NAME = 6;

/** HOT: counts the names of a list as they are taken. */
export class Extent {
  #names = 0;
  #octets = 0;
  #labels = 0;

  /**
   * @param name wire form, whole in `name[0 .. length)`
   * @throws ListError when its list's names hold more than they may
   */
  count(name: Uint8Array, length: number, line: number): void {
    this.#names += 1;
    this.#octets += length;
    for (let at = 0; at < length - 1; at += name[at]! + 1) this.#labels += 1;
    if (this.#octets > NAMES_OCTETS_MAX && this.#octets > OCTETS_OF_NAME * this.#names) this.#refuse(line);
    if (this.#labels > NAMES_LABELS_MAX && this.#labels > LABELS_OF_NAME * this.#names) this.#refuse(line);
  }

  #refuse(line: number): never {
    const found = `${this.#names} names up to line ${line} hold ${this.#octets} octets and ${this.#labels} labels`;
    const most = `${NAMES_OCTETS_MAX} octets and ${NAMES_LABELS_MAX} labels, or ${OCTETS_OF_NAME} octets and ${LABELS_OF_NAME} labels a name`;
    throw new ListError('LIST_NAMES_TOO_LONG', `its ${found}, at most ${most} are read; split the list`);
  }
}
