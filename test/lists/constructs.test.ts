// What docs/lists.md says of each construct: cenote decides so, and the document says what is decided.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ours } from '../engines/outcome.ts';
import { listOf, partsOf, withTables } from './constructs/table.ts';
import { TABLES } from './constructs/tables.ts';

t.test('each construct of the tables is decided as they say', async (t) => {
  const wrong: string[] = [];
  let asked = 0;
  for (const { id, settings, rows } of TABLES)
    for (const row of rows) {
      const parts = row.asked.map(partsOf);
      const questions = parts.map(({ name, type }) => ({ name, type, client: '192.0.2.9' }));
      const decided = await ours({ rules: listOf(row), questions }, { ...settings, ...row.settings });
      for (const [i, { name, type, ours: expected }] of parts.entries()) {
        asked += 1;
        if (decided[i] !== expected)
          wrong.push(`${id} ${row.construct} ${name} ${type}: ${decided[i]}, not ${expected}`);
      }
    }
  t.same(wrong, []);
  t.ok(asked > 100);
});

t.test(
  'under another action than zone a line has its own data or the action, and exceptions hold',
  async (t) => {
    const dnsmasq =
      'address=/no.example/\naddress=/data.example/192.0.2.4\naddress=/up.example/\nserver=/pass.up.example/#';
    const unbound =
      'local-zone: "no.example" refuse\nlocal-data: "data.example A 192.0.2.4"\nlocal-zone: "pass.up.example" always_transparent';
    const names = ['no.example', 'data.example', 'pass.up.example'];
    const questions = names.map((name) => ({ name, type: 'A', client: '192.0.2.9' }));
    for (const [format, text] of [
      ['dnsmasq', dnsmasq],
      ['unbound', unbound],
    ] as const) {
      const decided = (action: 'sinkhole' | 'nxdomain') =>
        ours({ rules: [text], questions }, { format, action });
      t.same(await decided('sinkhole'), ['block', 'data 192.0.2.4', 'pass'], format);
      t.same(await decided('nxdomain'), ['nxdomain', 'nxdomain', 'pass'], format);
    }
  },
);

t.test('docs/lists.md has these tables; npm run engines -- tables writes them', async (t) => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/lists.md'), 'utf8');
  t.equal(text, withTables(text, TABLES));
});
