// The config and its lists change while queries keep coming: none is lost, and a bad change changes nothing.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { UdpClient } from '../support/client.ts';
import { blockingConfig, writeList } from '../support/configs.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';
import { until } from '../support/tool.ts';

const RELOADS = 6;
const WINDOW = 32;
/** Names whose trie has more than the megabyte from which replaced memory is given back. */
/** Long enough for a helper process to compile it. */
const LARGE = 60_000;

/** Keeps WINDOW queries in the air until told to stop; every one must be answered, exactly once. */
async function load(daemon: Daemon): Promise<{ stop: () => Promise<{ sent: number; received: number }> }> {
  const client = await UdpClient.open(daemon.server);
  let running = true;
  let sent = 0;
  const run = (async () => {
    while (running) {
      client.answers.clear();
      const before = client.received;
      for (let i = 0; i < WINDOW; i += 1) {
        const name = i % 2 === 0 ? `${sent}.always.example` : `${sent % 500}.pass.example`;
        await client.send(query(name, 'A', { id: i }));
        sent += 1;
      }
      await until('a window of answers', () => client.received >= before + WINDOW);
    }
  })();
  return {
    stop: async () => {
      running = false;
      await run;
      client.close();
      return { sent, received: client.received };
    },
  };
}

async function isBlocked(daemon: Daemon, name: string): Promise<boolean> {
  const client = await UdpClient.open(daemon.server);
  await client.send(query(name, 'A', { id: 9 }));
  const answer = await until('an answer', () => client.answers.get(9));
  client.close();
  return readMessage(answer)?.answer[0]?.data === '0.0.0.0';
}

t.test('lists change under load by SIGHUP and by file, and no query is lost', async (t) => {
  const directory = daemonFolder();
  const upstream = await startSimpleUpstream();
  t.teardown(() => upstream.close());
  const list = writeList(directory, ['always.example']);
  const config = blockingConfig(upstream.address, list);
  const daemon = await startDaemon({ directory, config });
  t.teardown(() => daemon.stop());

  const traffic = await load(daemon);
  for (let i = 1; i <= RELOADS; i += 1) {
    const fresh = `new${i}.example`;
    t.notOk(await isBlocked(daemon, fresh), `${fresh} is not listed yet`);
    writeList(directory, ['always.example', fresh]);
    if (i % 2 === 0) daemon.child.kill('SIGHUP');
    else daemon.rewrite({ ...config, sinkhole: { answer: 'nullip', ttl: `${i}s` } });
    await until(`${fresh} to be blocked`, () => isBlocked(daemon, fresh));
  }
  const { sent, received } = await traffic.stop();
  t.equal(received, sent, 'every query answered exactly once');
  t.ok(sent > WINDOW * RELOADS);
});

t.test('a large list is replaced again and again, and every answer is by rules that are whole', async (t) => {
  const directory = daemonFolder();
  const upstream = await startSimpleUpstream();
  t.teardown(() => upstream.close());
  const large = Array.from({ length: LARGE }, (_, i) => `n${i * 7919}.example`);
  const list = writeList(directory, large);
  const config = { ...blockingConfig(upstream.address, list), workers: 2 };
  const daemon = await startDaemon({ directory, config });
  t.teardown(() => daemon.stop());

  let wrong = 0;
  let isOver = false;
  t.teardown(() => {
    isOver = true;
  });
  const asking = (async () => {
    for (let i = 0; !isOver; i += 1) {
      if (!(await isBlocked(daemon, large[(i * 101) % LARGE]!))) wrong += 1;
      await pause(2); // the CPU is for the helper that compiles
    }
  })();
  for (let i = 1; i <= 2; i += 1) {
    const fresh = `new${i}.example`;
    writeList(directory, [...large, fresh]);
    daemon.child.kill('SIGHUP');
    await until(`${fresh} to be blocked`, () => isBlocked(daemon, fresh));
  }
  // The memory of the rules before is given back about now.
  for (let i = 0; i < 100; i += 1) if (!(await isBlocked(daemon, large[(i * 997) % LARGE]!))) wrong += 1;
  isOver = true;
  await asking;
  t.equal(wrong, 0);
  t.notOk(await isBlocked(daemon, 'pass.example'));
});

t.test('a reload with a bad config keeps the running one and says what is wrong', async (t) => {
  const directory = daemonFolder();
  const upstream = await startSimpleUpstream();
  t.teardown(() => upstream.close());
  const config = blockingConfig(upstream.address, writeList(directory, ['always.example']));
  const daemon = await startDaemon({ directory, config });
  t.teardown(() => daemon.stop());

  const before = daemon.output().length;
  writeFileSync(daemon.configFile, 'listen:\n  dsn: []\n');
  daemon.child.kill('SIGHUP');
  await until('the mistake to be named', () => daemon.output().slice(before).includes('dsn'));
  t.ok(await isBlocked(daemon, 'x.always.example'), 'the old lists still hold');
  t.notOk(await isBlocked(daemon, 'pass.example'));
  t.match(daemon.output().slice(before), /cenote\.yaml:2/, 'file and line');

  writeList(directory, ['later.example', 'always.example']);
  daemon.rewrite(config);
  daemon.child.kill('SIGHUP');
  await until('the repaired config to be in force', () => isBlocked(daemon, 'later.example'));
});

t.test('a list that vanished keeps its last good entries', async (t) => {
  const directory = daemonFolder();
  const upstream = await startSimpleUpstream();
  t.teardown(() => upstream.close());
  const list = writeList(directory, ['always.example']);
  const daemon = await startDaemon({ directory, config: blockingConfig(upstream.address, list) });
  t.teardown(() => daemon.stop());

  const before = daemon.output().length;
  writeFileSync(join(directory, 'names.txt'), '<!DOCTYPE html><html><body>Log in</body></html>\n');
  daemon.child.kill('SIGHUP');
  await until('the daemon to say so', () => /names\.txt|list block/.test(daemon.output().slice(before)));
  t.ok(await isBlocked(daemon, 'always.example'));
});

t.test('SIGTERM drains: what was accepted is answered, and the daemon exits with 0', async (t) => {
  const directory = daemonFolder();
  const upstream = await startSimpleUpstream();
  t.teardown(() => upstream.close());
  const config = blockingConfig(upstream.address, writeList(directory, ['always.example']));
  const daemon = await startDaemon({ directory, config });
  const client = await UdpClient.open(daemon.server);
  t.teardown(() => client.close());
  for (let i = 0; i < 100; i += 1) await client.send(query(`d${i}.pass.example`, 'A', { id: i }));
  await until('the queries to have reached upstream', () => upstream.asked.length >= 100);
  t.equal(await daemon.stop(), 0);
  t.equal(client.received, 100);
});
