import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t, { type Test } from 'tap';
import { type Offload, runOffloaded } from '../../src/offload/process.ts';

const CHILD = JSON.stringify(join(import.meta.dirname, '../../src/offload/child.ts'));

/** A helper of its own for one test. */
function entryOf(t: Test, work: string): URL {
  const dir = t.testdir({ 'helper.mjs': `import { serveParent } from ${CHILD};\nserveParent(${work});\n` });
  return pathToFileURL(join(dir, 'helper.mjs'));
}

/** Never given up for want of a processor, which on a busy machine takes longer than the daemon waits. */
function run(
  entry: URL,
  hear: (message: unknown) => void = () => undefined,
  more: Partial<Offload> = {},
): Promise<void> {
  return runOffloaded({ entry, request: null, begin: () => hear, patienceMs: 3_600_000, ...more });
}

t.test('a helper gets its request, and all it says is heard in order before the end', async (t) => {
  const entry = entryOf(
    t,
    'async ({ count, octets }, say) => { for (let i = 0; i < count; i += 1) await say({ i, octets }); }',
  );
  const heard: unknown[] = [];
  await run(entry, (message) => heard.push(message), {
    request: { count: 300, octets: Uint8Array.of(1, 2, 255) },
  });
  t.equal(heard.length, 300);
  t.same(heard[299], { i: 299, octets: Uint8Array.of(1, 2, 255) });
});

/** Niceness, policy (5: SCHED_IDLE) and flags of a helper, as it sees them. */
const STANDING = `[
  (await import('node:os')).getPriority(),
  Number((await import('node:fs')).readFileSync('/proc/self/stat', 'utf8').replace(/^.*\\) /s, '').split(' ')[38]),
  process.execArgv,
]`;

t.test(
  'a helper stands back, and has no threads that do not',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const entry = entryOf(t, `async (_, say) => { await say(${STANDING}); }`);
    const heard: unknown[] = [];
    await run(entry, (message) => heard.push(message), { flags: ['--max-semi-space-size=2'] });
    t.same(heard, [[19, 5, ['--single-threaded', '--max-semi-space-size=2']]]);
  },
);

t.test(
  'a helper that gets no processor is started anew, standing back no more, and what it said is void',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const entry = entryOf(
      t,
      // Only one that stands back stops itself: on a busy machine it may be given up before it came to that.
      `async (_, say) => {
        await say('first');
        if ((await import('node:os')).getPriority() === 19) process.kill(process.pid, 'SIGSTOP');
        await say(${STANDING});
      }`,
    );
    let heard: unknown[] = [];
    await runOffloaded({
      entry,
      request: null,
      begin: () => {
        heard = [];
        return (message) => heard.push(message);
      },
      patienceMs: 1500,
    });
    t.same(heard, ['first', [5, 0, ['--single-threaded']]]);
  },
);

t.test('an error of the work is an error here, with its text', async (t) => {
  const entry = entryOf(t, "async () => { throw new Error('the list \\u001b[2J is odd'); }");
  await t.rejects(run(entry), {
    message: 'the list \u001b[2J is odd',
  });
});

t.test('a helper that is killed is an error that says so', async (t) => {
  const entry = entryOf(
    t,
    "async () => { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); }",
  );
  await t.rejects(run(entry), { message: 'a helper process was ended by SIGKILL (no memory left?)' });
});

t.test('signals for the whole group do not end a helper: its parent decides', async (t) => {
  const entry = entryOf(
    t,
    `async (_, say) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(process.pid, signal);
      await new Promise((resolve) => setImmediate(resolve));
      await say('still here');
    }`,
  );
  const heard: unknown[] = [];
  await run(entry, (message) => heard.push(message));
  t.same(heard, ['still here']);
});

t.test('a message that cannot be used ends the helper and is the error', async (t) => {
  const entry = entryOf(
    t,
    'async (_, say) => { await say(1); await new Promise(() => setInterval(() => {}, 1000)); }',
  );
  await t.rejects(
    run(entry, () => {
      throw new Error('not what was agreed');
    }),
    { message: 'not what was agreed' },
  );
});

t.test('a helper that is not wanted any more ends, and why is the error', async (t) => {
  const entry = entryOf(
    t,
    'async (_, say) => { await say(process.pid); await new Promise(() => setInterval(() => {}, 1000)); }',
  );
  const ending = new AbortController();
  let pid = 0;
  const hear = (message: unknown): void => {
    pid = Number(message);
    ending.abort(new Error('cenote is stopping'));
  };
  await t.rejects(run(entry, hear, { signal: ending.signal }), { message: 'cenote is stopping' });
  t.ok(pid > 0);
  t.notOk(isAlive(pid));
  await t.rejects(run(entry, hear, { signal: ending.signal }), { message: 'cenote is stopping' });
});

t.test('a helper that cannot be started is an error', async (t) => {
  const entry = pathToFileURL(join(t.testdir(), 'nowhere.mjs'));
  await t.rejects(run(entry), { message: /^a helper process ended with code 1; it printed: .*nowhere\.mjs/ });
});

for (const how of ['process.exit(3)', "process.kill(process.pid, 'SIGKILL')"])
  t.test(`no helper outlives its parent: ${how}`, async (t) => {
    const dir = t.testdir({
      'helper.mjs': `import { serveParent } from ${CHILD};
        serveParent(async (_, say) => { await say(process.pid); await new Promise(() => setInterval(() => {}, 1000)); });`,
      'parent.mjs': `import { writeFileSync } from 'node:fs';
        import { runOffloaded } from ${JSON.stringify(join(import.meta.dirname, '../../src/offload/process.ts'))};
        const begin = () => (pid) => { writeFileSync('pid', String(pid)); ${how}; };
        runOffloaded({ entry: new URL('helper.mjs', import.meta.url), request: null, begin });`,
    });
    const parent = spawn(process.execPath, ['parent.mjs'], { cwd: dir });
    await once(parent, 'exit');
    const pid = Number(readFileSync(join(dir, 'pid'), 'utf8'));
    t.ok(pid > 0);
    while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
  });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie waits for whoever adopted it.
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
