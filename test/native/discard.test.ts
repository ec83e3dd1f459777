// Memory of a buffer that nobody reads any more goes back to the system while the buffer lives on.
import t from 'tap';
import { loadLibc } from '../../src/native/libc.ts';

const OCTETS = 64 * 1024 * 1024;
/** Of the first and the last page. */
const EDGE_OCTETS = 2 * 65_536;

const loaded = await loadLibc();

t.test(
  'what a buffer held is given back, and its neighbours keep theirs',
  { skip: typeof loaded === 'string' && loaded },
  async (t) => {
    if (typeof loaded === 'string') return;
    const [before, buffer, after] = [0, 1, 2].map(() => new SharedArrayBuffer(OCTETS / 4));
    const large = new SharedArrayBuffer(OCTETS);
    for (const each of [before, buffer, after, large]) new Uint8Array(each!).fill(7);
    const resident = process.memoryUsage.rss();

    loaded.discard(large);
    loaded.discard(buffer!);

    t.ok(resident - process.memoryUsage.rss() > OCTETS - EDGE_OCTETS);
    const isZero = (octet: number): boolean => octet === 0;
    t.ok(new Uint8Array(large).subarray(EDGE_OCTETS / 2, OCTETS - EDGE_OCTETS / 2).every(isZero));
    for (const each of [before, after]) t.ok(new Uint8Array(each!).every((octet) => octet === 7));
  },
);

t.test(
  'one too small to have pages of its own stays as it is',
  { skip: typeof loaded === 'string' && loaded },
  async (t) => {
    if (typeof loaded === 'string') return;
    const small = new SharedArrayBuffer(4096);
    new Uint8Array(small).fill(7);
    loaded.discard(small);
    t.ok(new Uint8Array(small).every((octet) => octet === 7));
  },
);
