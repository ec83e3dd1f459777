// Memory between pieces in use, which the C library keeps of itself, goes back to the system when it is asked to.
import koffi from 'koffi';
import t from 'tap';
import { loadLibc } from '../../src/native/libc.ts';

const PIECE_OCTETS = 65_536;
const PIECES = 1000;

const loaded = await loadLibc();
const hasTrim = (): boolean => {
  try {
    koffi.load(null).func('malloc_trim', 'int', ['size_t']);
    return true;
  } catch {
    return false;
  }
};

t.test(
  'what was freed is given back',
  { skip: typeof loaded === 'string' ? loaded : !hasTrim() && 'no glibc' },
  async (t) => {
    if (typeof loaded === 'string') return;
    const c = koffi.load(null);
    const take = c.func('malloc', 'void *', ['size_t']);
    const fill = c.func('memset', 'void *', ['void *', 'int', 'size_t']);
    const free = c.func('free', 'void', ['void *']);
    const pieces = Array.from({ length: PIECES }, () => take(PIECE_OCTETS));
    const last = take(PIECE_OCTETS);
    for (const piece of [...pieces, last]) fill(piece, 1, PIECE_OCTETS);
    for (const piece of pieces) free(piece);
    const before = process.memoryUsage.rss();

    loaded.giveBackMemory();

    t.ok(before - process.memoryUsage.rss() > (PIECES * PIECE_OCTETS) / 2);
    free(last);
  },
);
