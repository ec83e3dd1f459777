// A hosts file becomes local records, forward and reverse.
import t from 'tap';
import { hostsRecords } from '../../../src/daemon/machine/hosts-file.ts';
import { nameToText } from '../../../src/wire/names/presentation.ts';
import { typeToText } from '../../../src/wire/records/iana.ts';

t.test('what is no address as every other reader has it gives no record', async (t) => {
  for (const address of [
    '192.168.010.5',
    '10.1',
    '0x7f.0.0.1',
    '3232235777',
    'fe80::1%2',
    'fe80::1%lo0',
    '192.0.2.7/24',
  ])
    t.same(hostsRecords(`${address} nas.test\n`), [], address);
});

t.test('each name gets its address, each address its first name', async (t) => {
  const records = hostsRecords(
    '127.0.0.1 localhost # us\n192.0.2.7\tTill-3.office.example till-3\r\n2001:db8::9 nas\n0.0.0.0 ads.test\nnonsense here\n192.0.2.7 again.test\n',
  );

  t.same(
    records.map(({ name, type }) => `${nameToText(name)} ${typeToText(type)}`),
    [
      'localhost A',
      '1.0.0.127.in-addr.arpa PTR',
      'till-3.office.example A',
      'till-3 A',
      '7.2.0.192.in-addr.arpa PTR',
      'nas AAAA',
      '9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR',
      'again.test A',
    ],
  );
});
