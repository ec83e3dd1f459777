// Work that comes seldom is a thread's, work that comes often is done here; both say the same.
import t from 'tap';
import { Seldom } from '../../../src/daemon/threads/seldom.ts';

const MINUTE = 60_000;
const entryOf = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(text)}`);
const BY_THREAD = entryOf(
  `import { parentPort, workerData } from 'node:worker_threads'; parentPort.postMessage('thread ' + workerData);`,
);

t.test('from the fourth time within ten minutes on it is done here', async (t) => {
  let now = 5;
  const work = new Seldom<number, string>({
    entry: BY_THREAD,
    name: 'test',
    here: async (asked) => `here ${asked}`,
    now: () => now,
  });
  const answers: string[] = [];
  for (const [number, minutes] of [0, 4, 8, 9, 9.5, 30, 30, 50].entries()) {
    now = minutes * MINUTE;
    answers.push(await work.of(number));
  }
  t.same(answers, [
    'thread 0',
    'thread 1',
    'thread 2',
    'here 3',
    'here 4',
    'thread 5',
    'thread 6',
    'thread 7',
  ]);
});

t.test('it is done here where no thread can do it, and what that throws is thrown', async (t) => {
  const entry = entryOf('process.exit(1)');
  const work = new Seldom<number, string>({ entry, name: 'test', here: async (asked) => `here ${asked}` });
  t.equal(await work.of(1), 'here 1');
  const here = async (): Promise<string> => {
    throw new Error('no list');
  };
  await t.rejects(new Seldom({ entry, name: 'test', here }).of(1), { message: 'no list' });
});
