// Entry of the thread that sends events out: the hits thread starts it where the configuration has `out`.

import { getPriority, setPriority } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { receiverFor } from './create.ts';
import { lineOf } from './event.ts';
import type { FromOut, OutBirth, ToOut } from './messages.ts';
import { Outlet } from './outlet.ts';

const TICK_MS = 200;
/** Sending must not take a core from those who answer. */
const NICENESS = 10;

if (parentPort !== null) work(parentPort, workerData as OutBirth);

function work(port: NonNullable<typeof parentPort>, { dir, outputs, resolver }: OutBirth): void {
  if (process.platform === 'linux') setPriority(Math.max(getPriority(), NICENESS));
  const send = (message: FromOut): void => port.postMessage(message);
  const outlets = outputs.map(
    (config) =>
      new Outlet({
        config,
        dir: join(dir, config.name),
        receiver: receiverFor(config, resolver),
        now: Date.now,
        random: Math.random,
      }),
  );
  const timer = setInterval(() => {
    for (const outlet of outlets) outlet.tick();
    send({ kind: 'states', states: outlets.map(({ state }) => state) });
  }, TICK_MS);
  port.on('message', (message: ToOut) => {
    if (message.kind === 'stop') {
      clearInterval(timer);
      void Promise.all(outlets.map((outlet) => outlet.close())).then(() => send({ kind: 'stopped' }));
      return;
    }
    for (const text of message.lines.split('\n')) {
      const line = lineOf(text);
      for (const outlet of outlets) outlet.enqueue(line);
    }
    send({ kind: 'taken', characters: message.lines.length });
  });
}
