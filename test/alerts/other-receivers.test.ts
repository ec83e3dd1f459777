// Commands against programs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createCommandReceiver } from '../../src/alerts/receivers/command.ts';
import { noticeOf } from '../support/hits-receivers.ts';

t.test('a command gets the notice on its standard input, and its end is the answer', async (t) => {
  const dir = t.testdir();
  const out = join(dir, 'out.json');
  const run = (...script: string[]) =>
    createCommandReceiver({ name: 'c', program: process.execPath, arguments: ['-e', ...script] });
  const write = `require('fs').writeFileSync(process.argv[1], require('fs').readFileSync(0) + process.env.CENOTE_KIND)`;
  await run(write, out).deliver(noticeOf(), AbortSignal.timeout(10_000));
  t.equal(readFileSync(out, 'utf8'), `${JSON.stringify(noticeOf())}\nopened`);
  await t.rejects(
    run(`console.error('no room'); process.exit(3)`).deliver(noticeOf(), AbortSignal.timeout(10_000)),
    {
      code: 'RECEIVER_FAILED',
      message: /ended with 3: no room/,
    },
  );
  await t.rejects(run('setTimeout(() => {}, 1e9)').deliver(noticeOf(), AbortSignal.timeout(100)), {
    code: 'RECEIVER_FAILED',
  });
  const missing = createCommandReceiver({ name: 'c', program: '/nonexistent', arguments: [] });
  await t.rejects(missing.deliver(noticeOf(), AbortSignal.timeout(5000)), { code: 'RECEIVER_FAILED' });
});
