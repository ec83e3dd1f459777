// What the walk starts ends with it, however it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { until } from '../support/tool.ts';

const WALK = JSON.stringify(join(import.meta.dirname, 'walk.ts'));
/** A shell that has a child of its own, whose number it prints. */
const PROGRAM = `
import { background } from ${WALK};
const { text } = background('sleep 600 & echo $!; wait', { cwd: '/' });
setInterval(() => {
  if (text() === '') return;
  console.log(text().trim());
  if (process.argv[1] === 'throws') throw new Error('it ends by an error');
}, 20);
`;

for (const signal of ['SIGKILL', 'SIGTERM', null] as const)
  t.test(`of a walk that ends by ${signal ?? 'an error'} nothing is left`, async (t) => {
    const walk = spawn(
      process.execPath,
      ['--input-type=module', '-e', PROGRAM, signal === null ? 'throws' : 'goes on'],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const ended = once(walk, 'close');
    const [line] = await once(createInterface({ input: walk.stdout }), 'line');
    const left = Number(line);
    t.ok(left > 0, 'it was there');
    if (signal !== null) walk.kill(signal);
    await ended;
    await until('its child to end', () => !lives(left));
  });

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
