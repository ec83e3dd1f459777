// Syslog messages out of a TCP stream: counted (RFC 6587 §3.4.1) or ended by a line feed or NUL, told apart message by message.

/** A Windows event with its rendered text is 2 to 6 KiB. */
export const MESSAGE_OCTETS_MAX = 65_536;
const LINE_FEED = 10;
const NUL = 0;

export class SyslogFrames {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns whole messages; null: what came is no syslog, or too long */
  push(octets: Buffer): readonly string[] | null {
    let rest = this.#rest.length === 0 ? octets : Buffer.concat([this.#rest, octets]);
    const messages: string[] = [];
    for (;;) {
      const [, digits] = /^(\d{1,6}) /.exec(rest.toString('latin1', 0, 8)) ?? [];
      let from = 0;
      let end: number;
      if (digits !== undefined) {
        from = digits.length + 1;
        end = from + Number(digits);
        if (Number(digits) > MESSAGE_OCTETS_MAX) return null;
        if (rest.length < end) break;
      } else {
        end = rest.findIndex((octet) => octet === LINE_FEED || octet === NUL);
        if (end < 0) break;
      }
      const message = rest.toString('utf8', from, end);
      if (message.trim() !== '') messages.push(message);
      const isLine = rest[end] === LINE_FEED || rest[end] === NUL;
      rest = rest.subarray(isLine ? end + 1 : end);
    }
    if (rest.length > MESSAGE_OCTETS_MAX) return null;
    this.#rest = Buffer.from(rest);
    return messages;
  }
}
