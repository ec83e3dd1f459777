// Which user is at the other end of a Unix socket (SO_PEERCRED, unix(7)): the kernel says so, not the peer.
import { loadKoffi } from './koffi.ts';
import { LEVEL, PEER } from './numbers.ts';

type Asker = (fd: number) => number | null;

let loaded: Promise<Asker | null> | null = null;

/** Null where it cannot be told. */
export async function peerUser(fd: number): Promise<number | null> {
  loaded ??= load();
  return (await loaded)?.(fd) ?? null;
}

/** Whether it can be told here. */
export async function canTellPeers(): Promise<boolean> {
  loaded ??= load();
  return (await loaded) !== null;
}

async function load(): Promise<Asker | null> {
  const native = await loadKoffi();
  if (typeof native === 'string') return null;
  const getsockopt: (
    fd: number,
    level: number,
    name: number,
    value: Uint8Array,
    length: Uint8Array,
  ) => number = native.koffi
    .load(null)
    .func('getsockopt', 'int', ['int', 'int', 'int', 'uint8_t *', 'uint8_t *']);
  return (fd) => {
    const value = new Uint8Array(PEER.octets);
    const length = new Uint8Array(Uint32Array.of(value.length).buffer);
    const result = getsockopt(fd, LEVEL.socket, PEER.option, value, length);
    return result === 0 ? new DataView(value.buffer).getUint32(PEER.user, true) : null;
  };
}
