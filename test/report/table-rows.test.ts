// What a row of a table gives does not depend on the rows before it, whatever is remembered of their cells.
import t from 'tap';
import { Gathering } from '../../src/report/gathering.ts';
import { readCsv } from '../../src/report/kinds/csv.ts';
import { readTable } from '../../src/report/kinds/table.ts';
import { readColumns } from '../../src/report/kinds/table-shape.ts';
import { namesIn } from '../support/lists-report.ts';
import { SeededRandom } from '../support/upstream-asker.ts';

const random = new SeededRandom(14);
const oneOf = (texts: readonly string[]): string => texts[random.u16() % texts.length] ?? '';
const VALUES = ['evil.test', 'Evil.test', 'evil[.]test', 'hxxps://evil.test/a', 'a.bad.test', '192.0.2.7', 'google.com', 'co.uk', 'no name', 'evil.bazar', 'nas.lan', 'x.exe', ' bad.test', 'evil.test.', '']; // biome-ignore format: a row
const TALK = ['', 'benign', 'Benign: not malicious', 'not malicious, but used', 'seen at bad[.]test', 'win.x12', 'see bad.test', 'RAT', '2026-01-02', 'inactive', 'high', '75', 'tlp:amber', 'false', 'true', 'allow', 'c2 server', 'ünï']; // biome-ignore format: a row
const HEADERS = [
  'type,value,comment,first_seen,confidence',
  'domain,status,note,tags,valid_until',
  'url,hostname,verdict,description,is_active',
  'ioc_type,ioc_value,malware,tlp,x',
];

t.test('a table read at once is the table read a row at a time', (t) => {
  for (const header of HEADERS) {
    const names = header.split(',');
    const lines = Array.from({ length: 60 }, () =>
      names
        .map((name) =>
          /type/.test(name)
            ? oneOf(['domain', 'domain', 'url', 'ip', 'md5', 'email', 'report', ''])
            : oneOf(/value|domain|url|hostname/.test(name) ? VALUES : TALK),
        )
        .map((cell) => `"${cell}"`)
        .join(),
    );
    const [head, ...rows] = [...readTable(`${header}\n${lines.join('\n')}`, ',').rows];
    const columns = readColumns([head!, ...rows], null);
    if (columns === null) throw new Error('no columns');
    const [atOnce, apart] = [new Gathering({}), new Gathering({})];
    const found = readCsv({ columns, rows, above: [] }, atOnce);
    const each = rows.map((row) => readCsv({ columns, rows: [row], above: [] }, apart));
    const told = ({ names: taken, leftOut, addresses, leftOutMore, heard }: Gathering): unknown => [
      ...[taken.list(), leftOut, addresses],
      ...[leftOutMore, heard],
    ];
    const [once, [taken]] = [told(atOnce), told(apart) as [unknown[]]];
    t.strictSame(once, told(apart), header);
    t.ok(taken.length >= 3, `${taken.length} names`);
    t.equal(found.url, each.find(({ url }) => url !== null)?.url ?? null);
  }
  t.end();
});

t.test('a cell of talk that says nothing is read once, one that says something each time', (t) => {
  const gathering = new Gathering({});
  let texts = 0;
  const { text } = gathering;
  gathering.text = (...all) => {
    texts += 1;
    text.apply(gathering, all);
  };
  const lines = (talk: string, count: number): string =>
    Array.from({ length: count }, (_, i) => `n${i}.test,${talk}`).join('\n');
  const read = (rows: string): number => {
    const all = [...readTable(`domain,comment\n${rows}`, ',').rows];
    const columns = readColumns(all, null);
    if (columns === null) throw new Error('no columns');
    texts = 0;
    readCsv({ columns, rows: all.slice(columns.skip), above: [] }, gathering);
    return texts;
  };
  t.equal(read(lines('win.x12', 500)), 1);
  t.equal(read(lines('seen at evil[.]test', 500)), 500);
  t.equal(gathering.names.size, 501);
  t.end();
});

t.test(
  'names beyond those that are taken from one report are left out and counted, however they are read',
  (t) => {
    const names = Array.from({ length: 6 }, (_, i) => `n${i}.test`);
    const defanged = names.map((name) => name.replace('.', '[.]')).join('\n');
    const rows = [
      ...readTable(`domain,comment\n${[...names, ...names].map((name) => `${name},c2`).join('\n')}`, ',')
        .rows,
    ];
    const columns = readColumns(rows, null);
    if (columns === null) throw new Error('no columns');
    for (const read of [
      (into: Gathering) => readCsv({ columns, rows: rows.slice(columns.skip), above: [] }, into),
      (into: Gathering) => into.text(defanged, { line: 1, column: 1 }),
    ]) {
      const gathering = new Gathering({}, [], 0, 4);
      read(gathering);
      t.same(
        gathering.names.list().map(({ name }) => name),
        names.slice(0, 4),
      );
      t.match(
        gathering.leftOut,
        ['n4.test', 'n5.test'].map((name) => ({ name, reason: 'too-many' })),
      );
    }
    t.end();
  },
);

t.test('a name or a file is no remark, whatever word it begins with; a remark is', async (t) => {
  const named =
    'domain,file,note\nlegit-bank-login.top,x,\nharmless.top,clean.exe,\nwhitelisted.xyz,legit_update.exe,\nevil.top,x,benign: a test\nfour.top,x,"Legitimate, not an indicator"\n';
  t.same(namesIn(named), ['legit-bank-login.top', 'harmless.top', 'whitelisted.xyz']);
  t.same(namesIn('domain\nbenign-c2.top\nfalse-positive.top\n'), ['benign-c2.top', 'false-positive.top']);
});
