// What the daemon's log lines look like to a person, and addresses as listeners report them.
import t from 'tap';
import { plainLine } from '../../src/daemon/log.ts';
import { parseBound } from '../../src/daemon/threads/bound.ts';

t.test('a log line for a person holds no control character', async (t) => {
  const line = plainLine(
    '{"level":40,"time":"2026-11-23T09:00:00.123Z","msg":"list ads: bad \\u001b[31m\\n","list":"a\\u202eb"}',
  );
  t.equal(line, '09:00:00 warning: list ads: bad \\u001b[31m\\u000a (list=a\\u202eb)\n');
});

t.test('bound addresses read back', async (t) => {
  t.same(parseBound('127.0.0.1:53'), { host: '127.0.0.1', port: 53 });
  t.same(parseBound('[::1]:5335'), { host: '::1', port: 5335 });
});
