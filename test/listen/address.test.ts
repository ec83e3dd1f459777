import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import { clientKey, writeAddress } from '../../src/listen/address.ts';

function octets(text: string): string {
  const target = new Uint8Array(16).fill(0xee);
  writeAddress(text, target);
  return Buffer.from(target).toString('hex');
}

t.test('an IPv4 text becomes its mapped form', async (t) => {
  t.equal(octets('192.0.2.255'), '00000000000000000000ffffc00002ff');
  t.equal(octets('0.0.0.0'), '00000000000000000000ffff00000000');
  t.equal(octets('::ffff:192.0.2.1'), octets('192.0.2.1'));
});

t.test('an IPv6 text becomes its octets, gap and zone or not', async (t) => {
  t.equal(octets('::'), '00000000000000000000000000000000');
  t.equal(octets('::1'), '00000000000000000000000000000001');
  t.equal(octets('2001:db8::'), '20010db8000000000000000000000000');
  t.equal(octets('2001:DB8::a:b'), '20010db80000000000000000000a000b');
  t.equal(octets('fe80::1%9'), 'fe800009000000000000000000000001', 'with the number of its link');
  t.equal(octets('1:2:3:4:5:6:7:8'), '00010002000300040005000600070008');
  t.equal(octets('1::3:4:5:6:7:8'), '00010000000300040005000600070008');
});

t.test('any IPv6 address is read as the system writes it', async (t) => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const groups = octets(text).match(/.{4}/g)!.join(':');
      if (isIP(groups) !== 6) return false;
      const list = new BlockList();
      list.addAddress(groups, 'ipv6');
      return list.check(text, 'ipv6');
    }),
  );
  t.pass();
});

t.test('a client is an IPv4 address or an IPv6 /64', async (t) => {
  const key = (text: string): string => {
    const target = new Uint8Array(16);
    writeAddress(text, target);
    return clientKey(target);
  };

  t.not(key('192.0.2.1'), key('192.0.2.2'));
  t.equal(key('2001:db8::1'), key('2001:db8::2:1'));
  t.not(key('2001:db8::1'), key('2001:db8:0:1::1'));
});
