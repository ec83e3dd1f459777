// What lists caught alone: by the rules in force, with the log asked once for all who ask.
import t from 'tap';
import { Catches } from '../../../src/daemon/explain/catches.ts';
import type { LogAnswers } from '../../../src/querylog/read/question.ts';
import { ruleSetOf } from '../../support/rule-set.ts';

t.test(
  'a name that another list blocks is caught by none alone; those who ask at once share one scan',
  async (t) => {
    const ruleSet = ruleSetOf(
      [{ name: 'ads' }, { name: 'malware' }],
      [
        { list: 'ads', names: ['both.example', 'only.example'] },
        { list: 'malware', names: ['both.example'] },
      ],
    );
    let asked = 0;
    let isGone = false;
    const log = {
      askLog: async () => {
        asked += 1;
        if (isGone) throw new Error('gone');
        const names = [
          ['www.both.example', 30],
          ['only.example', 10],
        ] as const;
        return { lists: [{ list: 'ads', queries: 80, names }] } as never as LogAnswers['rows'];
      },
    };
    const catches = new Catches();
    const ask = (sinceMs: number) => catches.of(log as never, ruleSet, sinceMs);
    const [first, second] = await Promise.all([ask(1000), ask(2000)]);
    t.same(first.catches, [{ list: 'ads', queries: 80, alone: 10, looked: 40 }]);
    t.equal(second, first);
    t.equal(asked, 1);
    await ask(40_000);
    t.equal(asked, 2, 'half a minute later anew');
    isGone = true;
    await t.rejects(ask(100_000), 'gone');
    isGone = false;
    await ask(100_000);
    t.equal(asked, 4, 'what failed is not kept');
  },
);
