// What the ARP table and the hosts file tell of clients, and what the daemon's log lines look like to a person.
import { join } from 'node:path';
import t from 'tap';
import { plainLine } from '../../../src/daemon/log.ts';
import { readKnownClients } from '../../../src/daemon/machine/known-clients.ts';
import { parseBound } from '../../../src/daemon/threads/bound.ts';

t.test('addresses get their MAC from the ARP table and their name from the hosts file', async (t) => {
  const dir = t.testdir({
    arp: [
      'IP address       HW type     Flags       HW address            Mask     Device',
      '192.0.2.7        0x1         0x2         AA:BB:CC:DD:EE:FF     *        eth0',
      '192.0.2.8        0x1         0x0         00:00:00:00:00:00     *        eth0',
      '',
    ].join('\n'),
    hosts:
      '127.0.0.1 localhost\n192.0.2.7 Till-3.office.example till-3 # the third till\n2001:db8::9 nas\nnonsense\n192.0.2.7 other\n',
  });

  const known = readKnownClients({ arp: join(dir, 'arp'), hosts: join(dir, 'hosts') });

  const till = known.find((who) => who.address[12] === 192 && who.address[15] === 7);
  t.match(till, { mac: 'aa:bb:cc:dd:ee:ff', name: 'till-3.office.example' });
  t.match(
    known.find((who) => who.address[0] === 0x20),
    { mac: null, name: 'nas' },
  );
  t.notOk(
    known.some((who) => who.address[15] === 8),
    'an entry without an address of hardware tells nothing',
  );
});

t.test('files that are not there tell nothing', async (t) => {
  t.same(readKnownClients({ arp: '/nonexistent/arp', hosts: '/nonexistent/hosts' }), []);
});

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
