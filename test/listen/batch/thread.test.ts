// Threads with a batched listener that end in the middle of traffic. This file loads no koffi of its own: native code that
// only the thread had loaded goes away with it.
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { portOf } from '../../../src/listen/open.ts';
import { openUdp } from '../../../src/listen/udp.ts';
import { UdpClient } from '../../support/listen-clients.ts';
import { Echo, message } from '../../support/listen-messages.ts';
import { listenOptions } from '../../support/listen-options.ts';

interface Opened {
  readonly bound: string;
  readonly unavailable: string | null;
}

for (const how of ['exit', 'throw', 'memory', 'terminate'] as const) {
  t.test(`a thread that ends by ${how} takes neither the process nor the port with it`, async (t) => {
    const thread = new Worker(join(import.meta.dirname, '../../support/listen-thread.ts'), {
      workerData: 0,
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    thread.on('error', () => {});
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    const [{ bound, unavailable }] = (await once(thread, 'message')) as [Opened];
    if (unavailable !== null) {
      await thread.terminate();
      t.pass(`left out: ${unavailable}`);
      return;
    }
    const client = await UdpClient.open(bound);
    t.teardown(() => client.close());
    client.send(message(1));
    await client.has(1);

    const traffic = setInterval(() => {
      for (let id = 0; id < 50; id++) client.send(message(id));
    }, 1);
    await client.has(200);
    if (how === 'terminate') await thread.terminate();
    else thread.postMessage(how);
    await ended;
    clearInterval(traffic);

    const next = await openUdp(
      { host: '127.0.0.1', port: portOf(bound) },
      new Echo().answer,
      listenOptions(),
    );
    t.teardown(() => next.close(0));
    t.equal(next.bound, bound);
  });
}
