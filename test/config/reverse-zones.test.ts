// Routes for networks: their reverse zones.
import t from 'tap';
import { reverseZones } from '../../src/config/values/reverse-zones.ts';

t.test('a network is the reverse zones that make it up', async (t) => {
  t.same(reverseZones('10.0.0.0/8'), ['10.in-addr.arpa']);
  t.same(reverseZones('192.0.2.0/24'), ['2.0.192.in-addr.arpa']);
  const private12 = reverseZones('172.16.0.0/12') ?? [];
  t.equal(private12.length, 16);
  t.match(private12, ['16.172.in-addr.arpa', '17.172.in-addr.arpa']);
  t.equal(private12.at(-1), '31.172.in-addr.arpa');
  t.equal(reverseZones('192.0.2.64/26')?.length, 64);
  t.equal(reverseZones('192.0.2.64/26')?.[0], '64.2.0.192.in-addr.arpa');
  t.same(reverseZones('2001:db8::/32'), ['8.b.d.0.1.0.0.2.ip6.arpa']);
  t.same(reverseZones('2001:db8:f000::/34')?.length, 4);
  t.equal(reverseZones('corp.example'), null);
  t.equal(reverseZones('10.0.0.0/40'), null);
});
