import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { pseudonymsOf } from '../../../src/fleet/home/pseudonyms.ts';

t.test('a machine under a pseudonym', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-pseudonyms-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'fleet', 'pseudonyms.key');
  const pseudonyms = pseudonymsOf(path);
  t.equal(statSync(path).mode & 0o777, 0o600);
  const who = {
    ip: '192.0.2.7',
    name: 'till-3',
    mac: 'aa:bb:cc:00:00:07',
    group: 'tills',
    machine: 'm7',
    user: 'kim',
    through: '192.0.2.1',
  };
  const incident = {
    id: 'I',
    machine: 'm7',
    client: who,
    addresses: ['192.0.2.7'],
    firstAddress: '192.0.2.7',
    users: ['kim'],
    names: [{ name: 'c2.example' }],
  };
  const find = { id: 'F', machine: 'm7', client: who, names: [{ name: 'c2.example' }] };
  const told = [
    pseudonyms.client(JSON.stringify(who)),
    pseudonyms.note('incident', JSON.stringify(incident)),
    pseudonyms.note('find', JSON.stringify(find)),
  ];
  for (const text of told) {
    t.notMatch(text, /192\.0\.2|till-3|aa:bb|kim|"m7"/, 'nothing of it names the machine or its user');
    t.match(text, /"group":"tills"/);
  }
  t.match(told[1], /c2\.example/, 'what was asked for is said');
  const [client, inIncident] = [JSON.parse(told[0] ?? ''), JSON.parse(told[1] ?? '')];
  t.equal(client.machine, inIncident.machine, 'and it is one machine in all of them');
  t.equal(pseudonymsOf(path).of('m7'), client.machine, 'also after a restart');
  t.not(pseudonyms.of('m8'), client.machine);
  writeFileSync(path, '');
  t.throws(() => pseudonymsOf(path), /holds no key/);
});
