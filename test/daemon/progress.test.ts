import t from 'tap';
import { progressText } from '../../src/daemon/machine/progress.ts';

t.test('a bar grows with what has been read, and stops at the end', async (t) => {
  t.equal(progressText(0, 100), `compiling lists [${' '.repeat(24)}] 0 %`);
  t.equal(progressText(50, 100), `compiling lists [${'#'.repeat(12)}${' '.repeat(12)}] 50 %`);
  for (const octets of [100, 180])
    t.equal(progressText(octets, 100), `compiling lists [${'#'.repeat(24)}] 100 %`);
  t.match(progressText(0, 0), /100 %/, 'nothing to read is all read');
});
