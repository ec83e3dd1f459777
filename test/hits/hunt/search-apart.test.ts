// A search in a process of its own finds what one in this process does, and what it dies of is an error, nothing else.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { NamesSearch, RulesSearch } from '../../../src/hits/hunt/search.ts';
import { searchStore } from '../../../src/hits/hunt/search.ts';
import { SearchApart } from '../../../src/hits/hunt/search-apart.ts';
import { house, listing, settingsOf } from '../../support/hits-desk.ts';
import { until } from '../../support/tool.ts';

const names: NamesSearch = {
  by: 'names',
  targets: [{ name: 'evil.example', covers: 'subtree' }],
  sinceMs: 0,
  merges: [],
};

function rules(): RulesSearch {
  const { groups, assignments, sinkhole } = settingsOf();
  const ruleSet = listing(['akamaicontainer.com']);
  return {
    by: 'rules',
    rulebook: { ruleSet, groups, assignments, answer: sinkhole },
    lists: null,
    sinceMs: 0,
    merges: [],
    onlyNews: false,
    settledMs: 0,
    namesMax: 2,
  };
}

/** Numbers of the processes that this one has started and that search. */
function searching(): number[] {
  const said = (pid: string, what: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, 'utf8');
    } catch {
      return ''; // it has ended meanwhile
    }
  };
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && said(pid, 'cmdline').includes('search-process'))
    .filter((pid) => said(pid, 'status').includes(`PPid:\t${process.pid}\n`))
    .map(Number);
}

t.test('by names and by lists it finds the same, beside a desk that goes on writing', async (t) => {
  const dir = t.testdir();
  const { desk, query, settle, clock } = house({ dir });
  for (let host = 1; host <= 3; host += 1)
    for (const name of ['a.evil.example', 'evil.example', 'devil.example', 'x.akamaicontainer.com'])
      query({ name, host });
  for (let i = 0; i < 5; i += 1) query({ name: `${i}.akamaicontainer.com`, host: 9 });
  settle();
  clock.advance(10_000);
  settle();
  const path = join(dir, 'cenote.db');
  const apart = new SearchApart(path);
  t.teardown(() => apart.close());
  const [byName, byList] = await Promise.all([apart.search(names), apart.search(rules())]);
  t.equal(byName.length, 3);
  t.same(byName, searchStore(path, names));
  t.equal(byList.length, 4);
  t.same(byList, searchStore(path, rules()));
  t.same(
    byList.map(({ askings, furtherNames }) => askings.length + furtherNames),
    [1, 1, 1, 5],
  );
  await desk.stop();
});

t.test(
  'a search that waits its turn goes by the rules it was asked with, though their memory is given back',
  async (t) => {
    const dir = t.testdir();
    const { query, settle, clock } = house({ dir });
    query({ name: 'x.akamaicontainer.com' });
    settle();
    clock.advance(10_000);
    settle();
    const apart = new SearchApart(join(dir, 'cenote.db'));
    t.teardown(() => apart.close());
    const request = rules();
    const found = apart.search(request);
    new Uint8Array(request.rulebook.ruleSet.trie).fill(0);
    t.match(await found, [{ list: '3cx-2023', askings: [{ name: 'x.akamaicontainer.com' }] }]);
  },
);

t.test('a store that is not there, or is none, is an error that says so', async (t) => {
  const dir = t.testdir();
  const missing = new SearchApart(join(dir, 'missing.db'));
  await t.rejects(missing.search(names), { message: /unable to open database file/ });
  const none = join(dir, 'none.db');
  writeFileSync(none, 'no database at all, whatever its name says'.repeat(100));
  await t.rejects(new SearchApart(none).search(names), { message: /not a database/ });
});

t.test('a search that is killed, and one given up because cenote stops, are errors', async (t) => {
  const dir = t.testdir();
  const { desk } = house({ dir });
  const apart = new SearchApart(join(dir, 'cenote.db'));
  const killed = apart.search(names);
  const waiting = apart.search(names);
  const [pid] = await until('the search', () => (searching().length > 0 ? searching() : null));
  process.kill(pid ?? 0, 'SIGKILL');
  await t.rejects(killed, { message: /a helper process was ended by SIGKILL/ });
  t.same(await waiting, [], 'the next one is not');
  const last = apart.search(names);
  await until('the search', () => searching().length > 0);
  await Promise.all([apart.close(), t.rejects(last, { message: 'cenote is stopping' })]);
  t.same(searching(), []);
  await t.rejects(apart.search(names), { message: 'cenote is stopping' });
  await desk.stop();
});
