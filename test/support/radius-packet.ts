// RADIUS accounting as an access server sends it, put together without the code under test.
import { createHash, createHmac } from 'node:crypto';

export interface RadiusRequest {
  readonly secret: string;
  readonly attributes: readonly (readonly [type: number, value: string | Uint8Array | number])[];
  readonly signed?: boolean;
  readonly code?: number;
  readonly id?: number;
}

export function radiusPacket({
  secret,
  attributes,
  signed = false,
  code = 4,
  id = 7,
}: RadiusRequest): Buffer {
  const octets = attributes.map(([type, value]) => {
    const body =
      typeof value === 'number'
        ? Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])
        : Buffer.from(value as Uint8Array);
    return Buffer.concat([Buffer.from([type, body.length + 2]), body]);
  });
  const signature = signed ? [Buffer.concat([Buffer.from([80, 18]), Buffer.alloc(16)])] : [];
  const packet = Buffer.concat([Buffer.alloc(20), ...octets, ...signature]);
  packet[0] = code;
  packet[1] = id;
  packet.writeUInt16BE(packet.length, 2);
  if (signed)
    createHmac('md5', secret)
      .update(packet)
      .digest()
      .copy(packet, packet.length - 16);
  createHash('md5').update(packet).update(secret).digest().copy(packet, 4);
  return packet;
}

/** Whether a reply is of one who knows the secret. */
export function isGenuineReply(reply: Buffer, request: Buffer, secret: string): boolean {
  const wanted = createHash('md5')
    .update(reply.subarray(0, 4))
    .update(request.subarray(4, 20))
    .update(reply.subarray(20))
    .update(secret)
    .digest();
  return reply[0] === 5 && reply[1] === request[1] && wanted.equals(reply.subarray(4, 20));
}
