// Loads postal-mime, mended: it makes a Blob of the lines of a plain body, and Node's keeps a handle for each and reads them back one by
// one, so that a mail of 10 MB took 700 MB. What it asks of a Blob is all octets at once.
//
// Decided: the global is another one meanwhile, for whoever runs beside it too. Each document is unfolded in a process of its own, one mail
// after the other.
import type { Email } from 'postal-mime';

const OPTIONS = { maxNestingDepth: 64, maxHeadersSize: 1_048_576, rfc822Attachments: true };

class Octets {
  readonly #parts: readonly (Uint8Array | ArrayBuffer | string)[];

  constructor(parts: readonly (Uint8Array | ArrayBuffer | string)[]) {
    this.#parts = parts;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const whole = new Uint8Array(this.#parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0));
    const encoder = new TextEncoder();
    let at = 0;
    for (const part of this.#parts) {
      if (typeof part === 'string') encoder.encodeInto(part, whole.subarray(at));
      else whole.set(part instanceof ArrayBuffer ? new Uint8Array(part) : part, at);
      at += Buffer.byteLength(part);
    }
    return whole.buffer;
  }
}

export async function parseMail(bytes: Uint8Array): Promise<Email> {
  const { default: PostalMime } = await import('postal-mime');
  const { Blob } = globalThis;
  Object.assign(globalThis, { Blob: Octets });
  try {
    return await new PostalMime(OPTIONS).parse(bytes);
  } finally {
    globalThis.Blob = Blob;
  }
}
