// Which user of this machine holds the other end of a loopback connection: Linux tells in /proc/net/tcp and tcp6.
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { addressToText, textToAddress } from '../../wire/names/address.ts';

const TABLES = ['/proc/self/net/tcp', '/proc/self/net/tcp6'] as const;
const LISTENING = '0A';

/** `unknown`: this system does not tell. `nobody`: there is no such socket any more. */
export type SocketOwner = number | 'unknown' | 'nobody';

interface Row {
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  readonly user: number;
}

const owners = new WeakMap<Socket, Promise<SocketOwner>>();

/** Of the program at the other end; asked once a connection. */
export function ownerOf(socket: Socket): Promise<SocketOwner> {
  let owner = owners.get(socket);
  if (owner === undefined) {
    const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket;
    const [here, there] = [endpoint(localAddress, localPort), endpoint(remoteAddress, remotePort)];
    // Its local end is our remote one.
    owner = find(({ local, remote }) => local === there && remote === here);
    owners.set(socket, owner);
  }
  return owner;
}

/** Of the program that listens on a loopback address and port, on that address or on all. */
export function listenerOwner(host: string, port: number): Promise<SocketOwner> {
  const places = [host, '0.0.0.0', '::'].map((address) => endpoint(address, port));
  return find(({ local, state }) => state === LISTENING && places.includes(local));
}

/** Whether that user may do here what this process may: the same user, or root. */
export function isTrustedUser(owner: SocketOwner, ...others: readonly number[]): boolean {
  return (
    owner === 'unknown' || owner === 0 || owner === process.geteuid?.() || others.includes(owner as number)
  );
}

async function find(isIt: (row: Row) => boolean): Promise<SocketOwner> {
  const tables = await Promise.all(TABLES.map((path) => readFile(path, 'latin1').catch(() => null)));
  if (tables.every((text) => text === null)) return 'unknown';
  for (const text of tables)
    for (const line of (text ?? '').split('\n').slice(1)) {
      const row = rowOf(line);
      if (row !== null && isIt(row)) return row.user;
    }
  return 'nobody';
}

function rowOf(line: string): Row | null {
  const [, local, remote, state, , , , user] = line.trim().split(/\s+/);
  if (local === undefined || remote === undefined || state === undefined || user === undefined) return null;
  return { local: fromHex(local), remote: fromHex(remote), state, user: Number(user) };
}

/** `0100007F:1504` is 127.0.0.1:5380: each 32 bits in the machine's own order, the port in the network's. */
function fromHex(text: string): string {
  const [address = '', port = ''] = text.split(':');
  const octets = Buffer.from(address, 'hex');
  if (octets.length % 4 === 0) octets.swap32();
  return endpoint(addressToText(octets), Number.parseInt(port, 16));
}

/** One spelling of an address, IPv4 in IPv6 as IPv4. */
function endpoint(address: string, port: number): string {
  const octets = textToAddress(address);
  return `${octets === null ? address : addressToText(octets)} ${port}`;
}
