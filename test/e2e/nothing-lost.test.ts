// The invariant with the real daemon: kill -9 under load while the webhook is down. After the next start the store and the
// receiver hold every hit whose answer the client got, each once.
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/cli-run.ts';
import { alertingConfig, writeList } from '../support/configs.ts';
import { type ConfigLiteral, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { load, storedIn } from '../support/hits-load.ts';
import { toldIn } from '../support/hits-receivers.ts';
import { smallDisk } from '../support/hits-small-disk.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';
import { until } from '../support/tool.ts';
import { upstreamAndReceiver } from '../support/upstream-and-receiver.ts';

t.test(
  'kill -9 under load with the webhook down: nothing that was answered is lost or told twice',
  async (t) => {
    const directory = daemonFolder();
    const { upstream, receiver } = await upstreamAndReceiver(t);
    receiver.answerWith(500);
    const config: ConfigLiteral = {
      upstreams: { default: [upstream.address] },
      ...alertingConfig(writeList(directory, ['evil.example'])),
      alerts: [{ webhook: receiver.url, format: 'generic', groupWait: '0s', repeat: '1s' }],
    };
    let answered = 0;
    let sent = 0;
    for (let round = 0; round < 3; round += 1) {
      const daemon = await startDaemon({ directory, config });
      const asking = load(daemon);
      await until('some load', () => asking.counts.answered > 3000 && receiver.received.length > round);
      daemon.child.kill('SIGKILL');
      await until('its end', () => daemon.child.signalCode !== null);
      await asking.stop();
      answered += asking.counts.answered;
      sent += asking.counts.sent;
    }
    t.ok(receiver.received.length > 0, 'the webhook was asked and refused');
    const refused = receiver.received.length;
    receiver.answerWith(200);

    const daemon = await startDaemon({ directory, config });
    t.teardown(() => daemon.stop());
    const asking = load(daemon);
    await until('some load', () => asking.counts.answered > 1000);
    const backup = join(directory, 'backup.tgz');
    const answeredBefore = answered + asking.counts.answered;
    const saved = await run(['backup', backup, '-c', daemon.configFile], { cwd: directory });
    t.equal(saved.code, 0, saved.stderr);
    await asking.stop();
    answered += asking.counts.answered;
    sent += asking.counts.sent;
    const stored = await until('the store to hold all', () => {
      const hits = storedIn(join(directory, 'data'));
      return hits >= answered ? hits : 0;
    });
    t.ok(stored <= sent, `answered ${answered}, stored ${stored}, sent ${sent}`);
    await until('the webhook to hold all', () => toldIn(receiver.received.slice(refused)) >= stored, 60_000);
    t.equal(toldIn(receiver.received.slice(refused)), stored, 'the receiver’s hits are the stored ones');

    // The backup that was made under load: what was answered before it is there again, each once.
    await daemon.stop();
    const restored = await run(['restore', backup, '-c', daemon.configFile, '--yes'], { cwd: directory });
    t.equal(restored.code, 0, restored.stderr);
    const again = await startDaemon({ directory, config });
    t.teardown(() => again.stop());
    const found = await until('the restored store to hold what was answered', () => {
      const hits = storedIn(join(directory, 'data'));
      return hits >= answeredBefore ? hits : 0;
    });
    t.ok(found <= sent, `answered before ${answeredBefore}, restored ${found}, sent ${sent}`);
  },
);

t.test(
  'a disk that fills up under load: answers go on, and all are stored when there is room again',
  async (t) => {
    const disk = smallDisk(t, 8 * 1024 * 1024);
    if (disk === null) return;
    const directory = daemonFolder();
    const upstream = await startSimpleUpstream();
    t.teardown(() => upstream.close());
    const daemon = await startDaemon({
      directory,
      config: {
        upstreams: { default: [upstream.address] },
        lists: {
          evil: {
            source: writeList(directory, ['evil.example']),
            action: 'sinkhole',
            alert: true,
            subdomains: true,
          },
        },
        groups: { default: { clients: ['any'], lists: ['evil'] } },
        events: { dir: disk.path },
      },
    });
    t.teardown(() => daemon.stop());
    const ballast = join(disk.path, 'ballast');
    const file = openSync(ballast, 'w');
    t.throws(
      () => {
        // Bounded: should the small disk be gone, the real one is not filled.
        for (let i = 0; i < 1000; i += 1) writeSync(file, Buffer.alloc(65_536, 1));
      },
      { code: 'ENOSPC' },
    );
    closeSync(file);
    const asking = load(daemon);
    await until('some load', () => asking.counts.answered > 5000);
    await asking.stop();
    t.ok(asking.counts.answered > 5000, 'answers went on');
    await until('the trouble to be told', () => daemon.output().includes('cannot be written'));
    rmSync(ballast);
    await until('the store to hold all', () => storedIn(disk.path) >= asking.counts.answered, 30_000);
    t.ok(storedIn(disk.path) <= asking.counts.sent);
    t.equal(await daemon.stop(), 0);
    t.same(
      readdirSync(join(disk.path, 'journal')).filter((name) => name.endsWith('.journal')),
      [],
    );
  },
);
