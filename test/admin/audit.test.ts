// The audit log while its file cannot be written: changes go on, and their rows come when it can.
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { AuditLog } from '../../src/admin/audit/log.ts';
import type { AuditRow } from '../../src/admin/audit/row.ts';

const ROW: AuditRow = {
  who: 'anna',
  role: 'admin',
  way: 'password',
  address: '192.0.2.7',
  action: 'POST /api/v1/pause',
  asked: null,
  before: null,
  after: null,
  result: 'ok',
};
const ALL = { before: null, sinceMs: 0, who: null, limit: 5000 };

function setUp(dir: string) {
  const said: string[] = [];
  let nowMs = 1_000_000;
  const log = new AuditLog({
    dir,
    keepMs: () => 1e12,
    now: () => nowMs,
    report: (what) => said.push(what),
  });
  const add = (action: string): void => {
    nowMs += 1000;
    log.add({ ...ROW, action });
  };
  return { log, said, add };
}

t.test('rows wait for a file that cannot be written, in their order and with their times', (t) => {
  const dir = t.testdir();
  const inTheWay = join(dir, 'audit.db');
  mkdirSync(inTheWay);
  const { log, said, add } = setUp(dir);
  add('one');
  add('two');
  t.equal(log.missing, 2);
  t.match(log.whyWaiting(), /unable to open|directory/i);
  t.match(said, [/^the audit log cannot be written .*rows of them wait in memory/]);
  rmdirSync(inTheWay);
  t.equal(log.whyWaiting(), null, 'who looks at the state has it tried again');
  t.equal(log.missing, 0);
  t.match(log.ask(ALL), [
    { action: 'two', atMs: 1_002_000 },
    { action: 'one', atMs: 1_001_000 },
  ]);
  t.match(said[1], /written again/);
  log.close();
  t.end();
});

t.test('the oldest of more rows than may wait are lost, and counted', (t) => {
  const dir = t.testdir();
  const inTheWay = join(dir, 'audit.db');
  mkdirSync(inTheWay);
  const { log, add } = setUp(dir);
  for (let i = 0; i < 1010; i += 1) add(`row ${i}`);
  t.equal(log.missing, 1010);
  rmdirSync(inTheWay);
  const rows = log.ask(ALL);
  t.equal(rows.length, 1000);
  t.match(rows.at(-1), { action: 'row 10' });
  t.equal(log.missing, 10, 'these are lost');
  log.close();
  t.end();
});
