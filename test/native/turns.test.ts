import { getPriority } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { loadLibc } from '../../src/native/libc.ts';

const TURNS = JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src/native/turns.ts')));

t.test('a thread that asks for short turns keeps its niceness', async (t) => {
  const dir = t.testdir({
    'thread.mjs': `
      import { parentPort } from 'node:worker_threads';
      import { getPriority, setPriority } from 'node:os';
      import { takeShortTurns } from ${TURNS};
      if (process.platform === 'linux') setPriority(3);
      parentPort.postMessage([await takeShortTurns(), getPriority()]);`,
  });
  const [isTaken, niceness] = await new Promise<[boolean, number]>((resolve, reject) => {
    new Worker(join(dir, 'thread.mjs')).once('message', resolve).once('error', reject);
  });

  t.equal(isTaken, typeof (await loadLibc()) !== 'string');
  if (process.platform === 'linux') t.equal(niceness, 3);
  t.equal(getPriority(), 0);
});
