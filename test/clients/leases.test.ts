// Lease files of three servers, as they are and as they should not be.
import t from 'tap';
import { parseLeases } from '../../src/clients/lease-text.ts';

const never = Number.POSITIVE_INFINITY;
const sorted = (text: string) => parseLeases(text)?.toSorted((a, b) => (a.ip < b.ip ? -1 : 1)) ?? null;

t.test('dnsmasq: a line a lease, IPv6 behind its duid line, other hardware marked', async (t) => {
  const text = [
    '1764010000 AA:BB:CC:DD:EE:07 10.0.0.7 Till-3 01:aa:bb:cc:dd:ee:07',
    '0 aa:bb:cc:dd:ee:08 10.0.0.8 * *',
    '1764010000 06-aa:bb:cc:dd:ee:09 10.0.0.9 nas *',
    'duid 00:01:00:01:2a:2b:2c:2d:aa:bb:cc:dd:ee:ff',
    '1764010000 123456 2001:DB8:0:0::7 till-3 00:01:00:01',
    '1764010000 aa:bb:cc:dd:ee:0a 10.0.0.10 half',
  ].join('\n');
  t.same(sorted(text), [
    { ip: '10.0.0.10', mac: 'aa:bb:cc:dd:ee:0a', name: 'half', endsMs: never },
    { ip: '10.0.0.7', mac: 'aa:bb:cc:dd:ee:07', name: 'till-3', endsMs: never },
    { ip: '10.0.0.8', mac: 'aa:bb:cc:dd:ee:08', name: null, endsMs: never },
    { ip: '10.0.0.9', mac: 'aa:bb:cc:dd:ee:09', name: 'nas', endsMs: never },
    { ip: '2001:db8::7', mac: null, name: 'till-3', endsMs: never },
  ]);
});

t.test('ISC dhcpd: the last that is said of an address holds, and a lease may end', async (t) => {
  const text = `
# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;
lease 10.0.0.7 {
  starts 2 2026/11/24 08:00:00;
  ends 2 2026/11/24 18:00:00;
  binding state active;
  next binding state free;
  hardware ethernet aa:bb:cc:dd:ee:07;
  client-hostname "till-3";
}
lease 10.0.0.8 {
  ends never;
  binding state active;
  hardware ethernet aa:bb:cc:dd:ee:08;
  client-hostname "evil\\"}\\nhost";
}
lease 10.0.0.9 { binding state active; hardware ethernet aa:bb:cc:dd:ee:09; client-hostname "gone"; }
lease 10.0.0.9 { binding state free; hardware ethernet aa:bb:cc:dd:ee:09; }
ia-na "\\001\\000" {
  iaaddr 2001:db8::7 { binding state active; ends epoch 1795000000; }
}
lease 10.0.0.11 { binding state act`;
  t.same(sorted(text), [
    { ip: '10.0.0.7', mac: 'aa:bb:cc:dd:ee:07', name: 'till-3', endsMs: Date.UTC(2026, 10, 24, 18) },
    { ip: '10.0.0.8', mac: 'aa:bb:cc:dd:ee:08', name: null, endsMs: never },
    { ip: '2001:db8::7', mac: null, name: null, endsMs: 1_795_000_000_000 },
  ]);
});

t.test('Kea: columns by their names, in both files; a later line replaces an earlier one', async (t) => {
  const four = [
    'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id',
    '10.0.0.7,aa:bb:cc:dd:ee:07,01:aa,3600,1764000000,1,0,0,old-name,0,,0',
    '10.0.0.7,aa:bb:cc:dd:ee:07,01:aa,3600,1764010000,1,0,0,till-3.office.example.,0,,0',
    '10.0.0.8,aa:bb:cc:dd:ee:08,,3600,1764010000,1,0,0,declined,1,,0',
    '10.0.0.9,aa:bb:cc:dd:ee:09,,3600,1764010000,1,0,0,a&#x2cb,0,,0',
    '10.0.0.10,aa:bb:cc',
  ].join('\n');
  t.same(sorted(four), [
    { ip: '10.0.0.7', mac: 'aa:bb:cc:dd:ee:07', name: 'till-3.office.example', endsMs: 1_764_010_000_000 },
    { ip: '10.0.0.9', mac: 'aa:bb:cc:dd:ee:09', name: null, endsMs: 1_764_010_000_000 },
  ]);
  const six = [
    'address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context',
    '2001:db8::7,00:01,3600,1764010000,1,1800,0,7,128,0,0,till-3,aa:bb:cc:dd:ee:07,0,',
  ].join('\n');
  t.same(sorted(six), [
    { ip: '2001:db8::7', mac: 'aa:bb:cc:dd:ee:07', name: 'till-3', endsMs: 1_764_010_000_000 },
  ]);
});

t.test('an empty file has no leases, another file is none', async (t) => {
  t.same(parseLeases(''), []);
  t.same(parseLeases('# nothing yet\n'), []);
  t.equal(parseLeases('<!doctype html><title>Login</title>'), null);
  t.equal(parseLeases('root:x:0:0:root:/root:/bin/sh\n'), null);
});

t.test('a name that is no host name is no name, whoever sent it', async (t) => {
  for (const name of [
    '<img/src=x>',
    '=cmd|calc',
    '$(id)',
    'a..b',
    '-a',
    'a\u001b[31m',
    'x'.repeat(64),
    '{{7*7}}',
    '"quoted"',
  ])
    t.equal(parseLeases(`1764010000 aa:bb:cc:dd:ee:07 10.0.0.7 ${name} *`)?.[0]?.name, null, name);
});
