// A resolver thread that dies: the others answer at once, it is replaced and logged, and no hit that was answered is lost.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { askUdp } from '../support/client.ts';
import { blockingConfig, writeList } from '../support/configs.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { until } from '../support/tool.ts';
import { startUpstream } from '../support/upstream-server.ts';

const ASKED = 60;

/** Asks from a new port each time, so that every thread is met; how many were answered at the first try. */
async function ask(daemon: Daemon, label: string): Promise<number> {
  let answered = 0;
  for (let i = 0; i < ASKED; i += 1) {
    const answer = await askUdp(daemon.server, query(`${label}${i}.blocked.test`, 'A', { id: i }), 2000);
    answered += answer === null ? 0 : 1;
  }
  return answered;
}

for (const workers of [1, 2])
  t.test(`one of ${workers} resolver threads dies and is replaced`, async (t) => {
    const upstream = await startUpstream();
    t.teardown(() => upstream.stop());
    const directory = daemonFolder();
    const config = blockingConfig(upstream.address, writeList(directory, ['blocked.test']));
    const daemon = await startDaemon({
      directory,
      config: { ...config, workers },
      environment: { DYING_THREADS: directory },
      imports: [join(import.meta.dirname, '../support/dying-thread.ts')],
    });
    t.teardown(() => daemon.stop());
    t.equal(await ask(daemon, 'before'), ASKED);

    writeFileSync(join(directory, 'main'), '');
    await until('a rejection that nobody waits for to be told', () =>
      /rejected for a test.*something failed that nobody listened to/.test(daemon.output()),
    );
    writeFileSync(join(directory, 'resolver-0'), '');
    await until('the death to be logged', () =>
      daemon.output().includes('a resolver thread ended and is being replaced'),
    );
    if (workers > 1) t.equal(await ask(daemon, 'meanwhile'), ASKED, 'the other goes on');
    await until('an answer', () => askUdp(daemon.server, query('again.blocked.test', 'A', { id: 1 }), 100));

    t.equal(await ask(daemon, 'after'), ASKED);
    t.match(daemon.output(), 'resolver-0 dies for a test', 'and why');
    t.equal(await daemon.stop(), 0);
    const sure = (workers > 1 ? 3 : 2) * ASKED + 1;
    t.ok(daemon.hitCount() >= sure, `hits logged (${daemon.hitCount()}) ≥ hits answered (${sure})`);
  });
