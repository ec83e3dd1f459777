import t from 'tap';
import { inTurns } from '../../src/fleet/in-turns.ts';

const silent = Symbol('nobody answered');
const isSilent = (error: unknown): boolean => error === silent;
// Nothing of it keeps the process alive.
const alive = setInterval(() => undefined, 60_000);
t.teardown(() => clearInterval(alive));
const never = new Promise<string>(() => undefined);

t.test(
  'what was asked of one that died is asked of another, and a slow answer to the first counts',
  async (t) => {
    const asked: number[] = [];
    const second = inTurns(
      (ms) => {
        asked.push(ms);
        return asked.length === 1 ? never : Promise.resolve('second');
      },
      [1, 2, 3],
      isSilent,
    );
    t.equal(await second, 'second');
    t.same(asked, [6, 5], 'each may take until all turns are over, and none follows an answer');

    const ends: ((answer: string) => void)[] = [];
    const first = inTurns(
      () => new Promise<string>((resolve) => ends.push(resolve)),
      [1, 1, 60_000],
      isSilent,
    );
    while (ends.length < 3) await new Promise((resolve) => setImmediate(resolve));
    ends[0]?.('first');
    t.equal(await first, 'first');
  },
);

t.test('a refusal ends it at once, silence at the end of the last turn', async (t) => {
  let asked = 0;
  const refused = inTurns(() => Promise.reject(new Error(`no ${++asked}`)), [1, 1], isSilent);
  await t.rejects(refused, { message: 'no 1' });
  asked = 0;
  const ask = (): Promise<never> => {
    asked += 1;
    return Promise.reject(silent);
  };
  const quiet = inTurns(ask, [1, 1, 1], isSilent);
  t.equal(await quiet.catch((error: unknown) => error), silent);
  t.equal(asked, 3);
});
