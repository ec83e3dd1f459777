// Programs are started without a copy of this process, talk over their channel, and say how they ended.
import { closeSync, readdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { type Ending, loadSpawner, type Spawned } from '../../src/native/spawner.ts';

const spawner = await loadSpawner();
const skip = spawner === null && 'the C library cannot be called';

/** What the shell prints to its channel and to its standard error, and how it ends. */
async function run(script: string, environment: NodeJS.ProcessEnv = {}) {
  const { pid, channel, errors } = spawner!.start('/bin/sh', ['sh', '-c', script], environment);
  const [said, printed] = await Promise.all([channel, errors].map((fd) => text(new Socket({ fd }))));
  return { said, printed, ending: await endingOf(pid) };
}

async function endingOf(pid: number): Promise<Ending> {
  for (;;) {
    const ending = spawner!.endingOf(pid);
    if (ending !== null) return ending;
    await wait(1);
  }
}

function close({ channel, errors }: Spawned): void {
  closeSync(channel);
  closeSync(errors);
}

t.test(
  'a program has its arguments, its environment and its channel, and nothing to read',
  { skip },
  async (t) => {
    const { said, printed, ending } = await run('echo "$GREETING" >&3; cat; echo lost; echo odd >&2', {
      GREETING: 'ürsprung "$x" = 1',
    });
    t.equal(said, 'ürsprung "$x" = 1\n');
    t.equal(printed, 'odd\n');
    t.same(ending, { code: 0, by: null });
  },
);

t.test('its code or its signal is how it ended', { skip }, async (t) => {
  t.same((await run('exit 7')).ending, { code: 7, by: null });
  t.same((await run('kill -TERM $$')).ending, { code: null, by: 'SIGTERM' });
  t.same(spawner!.endingOf(2 ** 22 + 1), { code: -1, by: null }, 'one that is not ours');
});

t.test('one that runs has not ended; it sees its channel close', { skip }, async (t) => {
  const spawned = spawner!.start('/bin/sh', ['sh', '-c', 'read x <&3'], {});
  t.equal(spawner!.endingOf(spawned.pid), null);
  close(spawned);
  t.same(await endingOf(spawned.pid), { code: 1, by: null });
});

t.test('a program that does not start is an error, and no descriptor stays open', { skip }, async (t) => {
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  t.throws(() => spawner!.start('/nowhere/sh', ['sh'], {}), {
    message: '/nowhere/sh does not start: ENOENT',
  });
  t.throws(() => spawner!.start('/', ['sh'], {}), { message: '/ does not start: EACCES' });
  t.equal(open(), before);
  close(spawner!.start('/bin/sh', ['sh', '-c', ':'], {}));
  t.equal(open(), before);
});
