// Pages of the program's own file that nobody reads now are given back, and are there again for whoever reads them.
import { readFileSync, readlinkSync } from 'node:fs';
import t from 'tap';
import { loadLibc } from '../../src/native/libc.ts';
import { unchangedStretches } from '../../src/native/program-pages.ts';

const OCTETS_MIN = 4 * 1024 * 1024;
const loaded = await loadLibc();

/** A mapping as /proc/self/smaps has it. */
const mapping = (head: string, fields: Readonly<Record<string, number>> = {}): string => {
  const all = { Size: 1024, Rss: 900, Shared_Dirty: 0, Private_Dirty: 0, Anonymous: 0, Swap: 0, ...fields };
  const lines = Object.entries(all).map(
    ([name, kib]) => `${`${name}:`.padEnd(16)}${String(kib).padStart(8)} kB`,
  );
  return [head, ...lines, 'THPeligible:           0', 'VmFlags: rd mr mw me', ''].join('\n');
};
const NODE = '08:01 1234                      /opt/node/bin/node';

t.test(
  'only mappings of the program itself that are not writable and have no changed page are given back',
  async (t) => {
    const smaps = [
      mapping(`00400000-0082e000 r--p 00000000 ${NODE}`),
      mapping(`0082e000-03489000 r-xp 0042e000 ${NODE}`),
      mapping(`07300000-07302000 r--p 06e00000 ${NODE}`, { Anonymous: 8, Private_Dirty: 8 }),
      mapping(`07302000-07304000 r--p 06e02000 ${NODE}`, { Swap: 8 }),
      mapping(`07304000-07400000 rw-p 06e04000 ${NODE}`),
      mapping(`07500000-07600000 rw-p 00000000 00:00 0                          [heap]`),
      mapping(`7f0000000000-7f0000100000 r-xp 00000000 08:01 77   /usr/lib/libc.so.6`),
      mapping(`7f0000200000-7f0000300000 r-xp 00000000 ${NODE} (deleted)`),
      // V8's own copy for a thread, which goes with it.
      mapping(`7f0000400000-7f0000600000 r-xp 00e00000 ${NODE}`),
    ].join('');
    t.same(unchangedStretches(smaps, '/opt/node/bin/node'), [
      { address: 0x400000, octets: 0x42e000 },
      { address: 0x82e000, octets: 0x2c5b000 },
    ]);
    // A kernel that does not say whether pages were changed.
    t.same(unchangedStretches(smaps.replaceAll(/^Anonymous.*\n/gm, ''), '/opt/node/bin/node'), []);
  },
);

const isLinux = process.platform === 'linux' ? false : 'no /proc';
t.test(
  'a process whose program is given back is smaller, and goes on',
  { skip: typeof loaded === 'string' ? loaded : isLinux },
  async (t) => {
    if (typeof loaded === 'string') return;
    const program = readlinkSync('/proc/self/exe');
    const stretches = unchangedStretches(readFileSync('/proc/self/smaps', 'utf8'), program);
    t.ok(stretches.length > 0);
    const before = process.memoryUsage.rss();
    for (const { address, octets } of stretches) loaded.giveBackPages(address, octets);
    t.ok(before - process.memoryUsage.rss() > OCTETS_MIN);
    // What takes parts of the program that were not read for long.
    t.equal(new Function('return JSON.parse("[1]")[0] + /a+/.exec("aaa")[0].length')(), 4);
  },
);
