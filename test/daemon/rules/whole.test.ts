// What is in force of a list stays so when the text kept of it can no longer be read, whatever else changes.
import { readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import t, { type Test } from 'tap';
import { Rules } from '../../../src/daemon/rules/rules.ts';
import { openSource } from '../../../src/lists/sources/open-source.ts';
import type { RuleSet } from '../../../src/policy/rule.ts';
import { configOf } from '../../support/config-text.ts';
import { askerOf } from '../../support/lists-compile.ts';
import { type Answer, body, startListServer } from '../../support/lists-server.ts';

const names = (of: string, count: number): string =>
  Array.from({ length: count }, (_, i) => `n${i}.${of}.example\n`).join('');

/** Two lists of a server, one of a file, one of a folder, and one that will change. */
async function play(t: Test) {
  const dir = t.testdir({
    'own.txt': names('own', 30),
    'more.txt': names('more', 30),
    drop: { 'a.txt': names('a', 30), 'b.txt': names('b', 30) },
    data: {},
  });
  const lists = join(dir, 'data/lists');
  let areDown: readonly string[] = [];
  const server = (of: string): Answer => {
    const text = names(of, 30);
    return (request, response) => {
      if (areDown.includes(of)) response.writeHead(500).end();
      else if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else body(text, { etag: '"1"' })(request, response);
    };
  };
  const { origin, asked } = await startListServer(t, { '/one': server('one'), '/two': server('two') });
  const config = (maxShrink: string) => {
    const said = configOf(
      `events: { dir: ${join(dir, 'data')} }
lists:
  one: { source: '${origin}/one' }
  two: { source: '${origin}/two' }
  own: { source: ${join(dir, 'own.txt')} }
  drop: { source: ${join(dir, 'own.txt')} }
  more: { source: ${join(dir, 'more.txt')}, maxShrink: ${maxShrink} }
groups: { default: { clients: [any], lists: [one, two, own, drop, more] } }
`,
      {
        files: {
          [join(dir, 'own.txt')]: '',
          [join(dir, 'more.txt')]: '',
          [join(dir, 'data/x')]: '',
        },
      },
    );
    // Of a folder the loader asks whether it is there, which a test's files are not.
    const source = `folder:${join(dir, 'drop')}`;
    return { ...said, lists: said.lists.map((list) => (list.name === 'drop' ? { ...list, source } : list)) };
  };
  const log: string[] = [];
  const limits = { attempts: 1, idleTimeoutMs: 2000, totalTimeoutMs: 5000 };
  let onChange: () => void = () => undefined;
  const open = () =>
    Rules.open({
      config: config('50%'),
      log: pino({ level: 'warn' }, { write: (line: string) => void log.push(line) }),
      now: Date.now,
      openSource: (list, paths) =>
        openSource(list, paths, { lookup: async () => [], random: Math.random, now: Date.now, limits }),
      change: async () => onChange(),
      onTrouble: () => undefined,
    });
  let rules = await open();
  t.teardown(() => rules.stop());
  await rules.refresh(['one', 'two']);
  const has = (...what: string[]): string[] => {
    const ruleSet: RuleSet = rules.ruleSet;
    const ask = askerOf({ ruleSet, lists: [] });
    return what.filter((name) => ask(name) !== 'none');
  };
  const all = ['one', 'two', 'own', 'a', 'b', 'more'].flatMap((of) => [
    `n0.${of}.example`,
    `n29.${of}.example`,
  ]);
  t.same(has(...all), all);
  asked.length = 0;
  return {
    ...{ dir, lists, asked, log, all, has, config },
    rules: () => rules,
    /** Another list changes. */
    more: async (name: string): Promise<void> => {
      writeFileSync(join(dir, 'more.txt'), `${names('more', 30)}${name}\n`);
      await rules.refresh(['more']);
    },
    restart: async (): Promise<void> => {
      await rules.stop();
      rules = await open();
    },
    /** Whose server gives nothing from now on. */
    down: (...which: string[]): void => {
      areDown = which;
    },
    duringChange: (what: () => void): void => {
      onChange = () => {
        onChange = () => undefined;
        what();
      };
    },
    conditionOf: (list: string) => rules.lists().find(({ name }) => name === list),
  };
}

const goods = (lists: string): string[] => readdirSync(lists).filter((file) => file.endsWith('.good'));

/** The text kept of one list is gone. */
const forget = (lists: string, list: string): void => {
  for (const file of goods(lists)) if (file.startsWith(`${list}-`)) rmSync(join(lists, file));
};

interface Loss {
  readonly what: string;
  readonly lose: (lists: string) => void;
}

const REMOVED: Loss = {
  what: 'the files are removed',
  lose: (lists) => {
    for (const file of goods(lists)) rmSync(join(lists, file));
  },
};

const CUT: Loss = {
  what: 'the files are cut short',
  lose: (lists) => {
    for (const file of goods(lists)) truncateSync(join(lists, file), 40);
  },
};

const UNREADABLE: Loss = {
  what: 'the folder may not be read',
  lose: (lists) => {
    renameSync(lists, `${lists}.away`);
    writeFileSync(lists, '');
  },
};

const COPY: Loss = {
  what: 'a copy of the folder and a file are gone',
  lose: (lists) => {
    for (const file of readdirSync(lists)) {
      if (file.startsWith('one-') && file.endsWith('.good')) rmSync(join(lists, file));
      if (!file.endsWith('.files')) continue;
      const [first = ''] = readdirSync(join(lists, file));
      rmSync(join(lists, file, first));
    }
  },
};

for (const { what, lose } of [REMOVED, CUT, COPY])
  t.test(`${what}: their sources are asked in the same round, once`, async (t) => {
    const { lists, asked, all, has, more, conditionOf } = await play(t);
    lose(lists);
    await more('new.example');
    t.same(has(...all, 'new.example'), [...all, 'new.example']);
    t.ok(asked.length > 0 && asked.length <= 2, `${asked}`);
    for (const name of ['one', 'two', 'own', 'drop', 'more'])
      t.match(conditionOf(name), { condition: 'good', inForce: true }, name);
    await more('newer.example');
    t.same(has(...all, 'newer.example'), [...all, 'newer.example']);
    t.ok(asked.length <= 2, 'their texts are kept again');
  });

for (const { what, lose } of [REMOVED, CUT, COPY, UNREADABLE])
  t.test(`${what} and no server answers: what is in force stays, and the lists are stale`, async (t) => {
    const { lists, asked, all, has, more, rules, config, conditionOf, down, log } = await play(t);
    down('one', 'two');
    lose(lists);
    for (const name of ['new1.example', 'new2.example', 'new3.example']) {
      await more(name);
      t.same(has(...all, name), all);
    }
    t.ok(asked.length <= 2, `not asked without a pause: ${asked}`);
    t.match(conditionOf('one'), { condition: 'stale', inForce: true, entries: 30 });
    t.match(conditionOf('one')?.lastError?.message, /the text kept of it/);
    t.ok((conditionOf('one')?.nextCheckMs ?? 0) > Date.now() + 20_000, 'tried again after a pause');
    t.match(log.join(''), /those before stay: they would lack one: the text kept of it/);
    await t.rejects(rules().reload(config('60%'), {}), /they would lack one: the text kept of it/);
    t.same(has(...all), all);
    down();
    if (lose === UNREADABLE.lose) {
      rmSync(lists);
      renameSync(`${lists}.away`, lists);
    }
    await rules().refresh(['one', 'two']);
    await more('new4.example');
    t.same(has(...all, 'new4.example'), [...all, 'new4.example']);
    for (const name of ['one', 'two', 'own', 'drop', 'more']) {
      await rules().refresh([name]);
      t.match(conditionOf(name), { condition: 'good' }, name);
    }
  });

for (const { what, lose } of [REMOVED, CUT])
  t.test(
    `${what} and the servers answer by turns: what came of one is there when the other comes`,
    async (t) => {
      const { lists, all, has, more, rules, config, down, conditionOf } = await play(t);
      down('two');
      lose(lists);
      await more('new1.example');
      t.same(has(...all, 'new1.example'), all);
      t.match(conditionOf('one')?.lastError?.message, /its text waits for two, without which/);
      t.match(conditionOf('two')?.lastError?.message, /the text kept of it/);
      await t.rejects(rules().reload(config('60%'), {}), /they would lack two: the text kept of it/);
      down('one');
      await rules().refresh(['two']);
      await more('new2.example');
      t.same(has(...all, 'new2.example'), [...all, 'new2.example']);
      for (const name of ['one', 'two']) t.match(conditionOf(name), { condition: 'good' }, name);
      await more('new3.example');
      t.same(has(...all, 'new3.example'), [...all, 'new3.example'], 'their texts are kept again');
    },
  );

for (const { what, lose } of [REMOVED, CUT])
  t.test(`${what}: a reload asks for them, too`, async (t) => {
    const { lists, all, has, rules, config } = await play(t);
    lose(lists);
    await rules().reload(config('60%'), {});
    t.same(has(...all), all);
  });

for (const { what, lose } of [REMOVED, CUT, COPY])
  t.test(`${what} while the daemon is down: a start begins with the rules of the last run`, async (t) => {
    const { dir, lists, all, has, restart, rules, down, more } = await play(t);
    down('one', 'two');
    lose(lists);
    writeFileSync(join(dir, 'more.txt'), `${names('more', 30)}new.example\n`);
    await restart();
    t.same(has(...all), all);
    await more('newer.example');
    t.same(has(...all), all);
    down();
    await rules().refresh(['one', 'two']);
    await more('newest.example');
    t.same(has(...all, 'newest.example'), [...all, 'newest.example']);
  });

t.test(
  'a file that is written while its text comes into force, and then shrinks: what is in force stays',
  async (t) => {
    const { dir, all, has, rules, more, duringChange, conditionOf } = await play(t);
    const file = join(dir, 'own.txt');
    writeFileSync(file, names('own', 300));
    duringChange(() => writeFileSync(file, names('own', 3)));
    await rules().refresh(['own']);
    t.same(has('n299.own.example'), ['n299.own.example']);
    await rules().refresh(['own']);
    t.same(has('n299.own.example'), ['n299.own.example'], 'not the text of before either');
    t.match(conditionOf('own'), { inForce: true, entries: 300 });
    t.match(conditionOf('own')?.lastError?.message, /only 3 of 300 entries left/);
    await more('new.example');
    t.same(has(...all, 'n299.own.example'), [...all, 'n299.own.example']);
    writeFileSync(file, names('own', 299));
    await rules().refresh(['own']);
    t.match(conditionOf('own'), { condition: 'good', entries: 299 });
  },
);

t.test(
  'a text that is refused takes nothing away where the one in force cannot be read any more',
  async (t) => {
    const { dir, lists, has, all, rules, more, conditionOf } = await play(t);
    forget(lists, 'own');
    writeFileSync(join(dir, 'own.txt'), names('own', 3));
    await rules().refresh(['own']);
    t.same(has(...all), all);
    t.match(conditionOf('own'), { condition: 'stale', inForce: true, entries: 30 });
    t.match(conditionOf('own')?.lastError?.message, /only 3 of 30 entries left.*the text kept of it/);
    writeFileSync(join(dir, 'own.txt'), names('own', 31));
    await rules().refresh(['own']);
    await more('new.example');
    t.same(has(...all, 'n30.own.example', 'new.example'), [...all, 'n30.own.example', 'new.example']);
  },
);

t.test('a file that its owner empties is empty at the second look, kept text or not', async (t) => {
  const { dir, lists, has, all, rules, config, conditionOf } = await play(t);
  await rules().reload(config('100%'), {});
  forget(lists, 'more');
  writeFileSync(join(dir, 'more.txt'), '');
  await rules().refresh(['more']);
  t.same(has(...all), all);
  await rules().refresh(['more']);
  t.same(
    has(...all),
    all.filter((name) => !name.includes('.more.')),
  );
  t.match(conditionOf('more'), { condition: 'empty', inForce: true });
});
