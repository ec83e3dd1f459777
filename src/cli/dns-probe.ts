// Whether a DNS listener answers at all, whatever it says: one CHAOS query over UDP, which needs no upstream and is no hit.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { SocketAddress } from '../config/config.ts';
import { HEADER_OCTETS, OFFSET, writeU16 } from '../wire/header.ts';
import { composeQuery } from '../wire/message/compose.ts';
import { textToName } from '../wire/names/presentation.ts';
import { CLASS, TYPE } from '../wire/records/iana.ts';

const TIMEOUT_MS = 1_000;
const ATTEMPTS = 2;

export async function answersDns({ host, port }: SocketAddress): Promise<boolean> {
  const target = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) if (await probe(target, port)) return true;
  return false;
}

function probe(host: string, port: number): Promise<boolean> {
  const id = randomInt(65_536);
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    const end = (answered: boolean): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answered);
    };
    const timer = setTimeout(() => end(false), TIMEOUT_MS);
    socket.once('error', () => end(false));
    socket.on('message', (message) => {
      const isResponse = message.length >= HEADER_OCTETS && (message[2] ?? 0) >= 0x80;
      if (isResponse && message.readUInt16BE(0) === id) end(true);
    });
    socket.connect(port, host, () => socket.send(chaosQuery(id)));
  });
}

function chaosQuery(id: number): Uint8Array {
  const message = composeQuery(textToName('version.bind') ?? new Uint8Array(1), TYPE.TXT, CLASS.CH);
  writeU16(message, OFFSET.id, id);
  return message;
}
