// Messages between a process and its helper: four octets of length, then what V8 makes of the value.
import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';

const LENGTH_OCTETS = 4;

/** Sends a message; resolves once it is on its way, or when nobody hears it any more. */
export function sendFrame(channel: Duplex, message: unknown): Promise<void> {
  const body = serialize(message);
  const length = Buffer.alloc(LENGTH_OCTETS);
  length.writeUInt32LE(body.length);
  return new Promise((resolve) => {
    channel.cork();
    channel.write(length);
    channel.write(body, () => resolve());
    channel.uncork();
  });
}

/** Calls `hear` with each message that comes, in order. The other end is trusted: it is our own program. */
export function hearFrames(channel: Duplex, hear: (message: unknown) => void): void {
  let chunks: Buffer[] = [];
  let octets = 0;
  let wanted = LENGTH_OCTETS;
  let isLength = true;
  channel.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    octets += chunk.length;
    while (octets >= wanted) {
      const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      const piece = all.subarray(0, wanted);
      chunks = [all.subarray(wanted)];
      octets -= wanted;
      wanted = isLength ? piece.readUInt32LE() : LENGTH_OCTETS;
      isLength = !isLength;
      if (isLength) hear(deserialize(piece));
    }
  });
}
