// What the daemon's log lines look like to a person, and addresses as listeners report them.
import t from 'tap';
import { isJournal, journalLine, plainLine } from '../../src/daemon/log.ts';
import { parseBound } from '../../src/daemon/threads/bound.ts';

t.test('a log line for a person holds no control character', async (t) => {
  const line = plainLine(
    '{"level":40,"time":"2026-11-23T09:00:00.123Z","msg":"list ads: bad \\u001b[31m\\n","list":"a\\u202eb"}',
  );
  t.equal(line, '09:00:00 warning: list ads: bad \\u001b[31m\\u000a (list=a\\u202eb)\n');
});

t.test(
  'a line for systemd’s journal begins with its priority; another stream than the journal’s gets none',
  async (t) => {
    const lines = [20, 30, 40, 50, 60].map((level) =>
      journalLine(`{"level":${level},"msg":"x"}\n`).slice(0, 12),
    );
    t.same(lines, ['<7>{"level":', '<6>{"level":', '<4>{"level":', '<3>{"level":', '<2>{"level":']);
    const own = { dev: 8, ino: 4711 };
    t.same(
      [undefined, '', '8:4711', '8:4712'].map((stream) => isJournal(stream, () => own)),
      [false, false, true, false],
    );
  },
);

t.test('bound addresses read back', async (t) => {
  t.same(parseBound('127.0.0.1:53'), { host: '127.0.0.1', port: 53 });
  t.same(parseBound('[::1]:5335'), { host: '::1', port: 5335 });
});
