// Written values, one by one.
import fc from 'fast-check';
import t from 'tap';
import { dateMs } from '../../src/admin/shapes.ts';
import { parsePrefix, parseSocketAddress } from '../../src/config/values/addresses.ts';
import {
  durationText,
  isDay,
  noSuchDay,
  parseDuration,
  parseShare,
  parseSize,
  retryAfterMs,
  sizeText,
} from '../../src/config/values/amounts.ts';
import { parseClient } from '../../src/config/values/clients.ts';
import { grouped } from '../../src/config/values/grouped.ts';
import { nearest } from '../../src/config/values/nearest.ts';
import type { Parsed } from '../../src/config/values/parsed.ts';
import { parseSchedule } from '../../src/config/values/schedule.ts';
import { parseUpstream } from '../../src/config/values/upstream.ts';

function read<T>(parsed: Parsed<T>): T | null {
  return parsed.ok ? parsed.value : null;
}

t.test('numbers for people are grouped by thousands', async (t) => {
  const counts = [0, 7, 999, 1000, 12_345, 999_999, 1_000_000, 1_234_567_890];
  t.same(
    counts.map(grouped),
    counts.map((count) => count.toLocaleString('en')),
  );
});

t.test('durations', async (t) => {
  const cases: Record<string, number | null> = {
    '0': 0,
    '0s': 0,
    '500ms': 500,
    '1.5h': 5_400_000,
    '1h30m': 5_400_000,
    '7d': 604_800_000,
    '2y': 63_072_000_000,
    '5': null,
    '-5s': null,
    '5 s': null,
    '5S': null,
    s: null,
    '': null,
  };
  for (const [text, ms] of Object.entries(cases)) t.equal(read(parseDuration(text)), ms, text);
});

t.test('a duration that is printed reads the same', async (t) => {
  fc.assert(fc.property(fc.nat(), (ms) => read(parseDuration(durationText(ms))) === ms));
  fc.assert(fc.property(fc.nat(), (octets) => read(parseSize(sizeText(octets))) === octets));
  t.pass();
});

t.test('a day is one that the calendar has', async (t) => {
  t.same(
    ['2028-02-29', '2000-02-29', '2027-12-31', '2027-04-30'].map((text) => [isDay(text), noSuchDay(text)]),
    Array.from({ length: 4 }, () => [true, null]),
  );
  for (const [text, last] of [
    ['2027-02-29', '2027-02-28'],
    ['1900-02-29', '1900-02-28'],
    ['2027-04-31', '2027-04-30'],
    ['2028-02-30', '2028-02-29'],
  ] as const) {
    t.equal(isDay(text), false, text);
    t.equal(noSuchDay(`${text}T12:00Z`), `there is no ${text}, the month ends with ${last}`);
    t.equal(dateMs(text, 'UTC'), null, text);
  }
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }), (date) => {
      const text = date.toISOString().slice(0, 10);
      return isDay(text) && dateMs(text, 'UTC') === Date.parse(text);
    }),
  );
  t.same(['2027-13-01', '2027-00-10', '2027-01-00', 'x'].map(isDay), [false, false, false, false]);
});

t.test('sizes and shares', async (t) => {
  t.equal(read(parseSize('64MiB')), 64 * 1024 * 1024);
  t.equal(read(parseSize('1.5kB')), 1500);
  t.equal(read(parseSize('64')), null);
  t.equal(read(parseShare('50%')), 0.5);
  t.equal(read(parseShare('101%')), null);
  t.equal(read(parseShare('0.5')), null);
});

t.test('sockets', async (t) => {
  t.same(read(parseSocketAddress('[fe80::1%eth0]:53')), { host: 'fe80::1%eth0', port: 53 });
  for (const text of [
    '::1:53',
    '[::1]',
    '[127.0.0.1]:53',
    '127.0.0.1:',
    '127.0.0.1:+53',
    '1.2.3:53',
    '0x7f.0.0.1:53',
    ':53',
  ])
    t.equal(read(parseSocketAddress(text)), null, text);
});

t.test('prefixes', async (t) => {
  t.match(read(parsePrefix('0.0.0.0/0')), { bits: 96 });
  t.match(read(parsePrefix('2001:db8::/29')), { bits: 29 });
  t.match(read(parsePrefix('::ffff:10.0.0.1')), { bits: 128 });
  for (const text of [
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/08x',
    '10/8',
    '2001:db8::1/29',
    'fe80::1%eth0',
    '',
  ])
    t.equal(read(parsePrefix(text)), null, text);
});

t.test('upstreams', async (t) => {
  const cases: Record<string, object> = {
    system: { kind: 'system' },
    '9.9.9.9': { kind: 'udp', host: '9.9.9.9', port: 53 },
    '2620:fe::fe': { kind: 'udp', host: '2620:fe::fe', port: 53 },
    '[2620:fe::fe]:5301': { kind: 'udp', host: '2620:fe::fe', port: 5301 },
    'udp://9.9.9.9:5301': { kind: 'udp', port: 5301 },
    'tcp://1.1.1.1': { kind: 'tcp', host: '1.1.1.1', port: 53 },
    'TLS://DNS.quad9.net': { kind: 'tls', host: 'dns.quad9.net', port: 853 },
    'tls://[2620:fe::fe]:8853': { kind: 'tls', host: '2620:fe::fe', port: 8853 },
    'https://dns.quad9.net/dns-query': { kind: 'https', host: 'dns.quad9.net', port: 443 },
    'https://[::1]:8443/dns-query': { kind: 'https', host: '::1', port: 8443 },
  };
  for (const [text, expected] of Object.entries(cases)) t.match(read(parseUpstream(text)), expected, text);
  for (const text of [
    '',
    '9.9.9',
    'unbound:53',
    '9.9.9.9:0',
    'tls://',
    'tls://a b',
    'https://dns.quad9.net',
    'https:///x',
    'sdns://x',
    'dns.quad9.net',
  ])
    t.equal(read(parseUpstream(text)), null, text);
});

t.test('clients', async (t) => {
  t.match(read(parseClient('AA-BB-CC-DD-EE-FF')), [{ kind: 'mac', mac: 'aa:bb:cc:dd:ee:ff' }]);
  t.match(read(parseClient('aabb.ccdd.eeff')), [{ kind: 'mac', mac: 'aa:bb:cc:dd:ee:ff' }]);
  t.match(read(parseClient('NAS*')), [{ kind: 'name', pattern: 'nas*' }]);
  for (const text of ['Müller', 'XN--MLLER-KVA', 'müller.'])
    t.match(read(parseClient(text)), [{ kind: 'name', pattern: 'xn--mller-kva' }], text);
  for (const text of ['mü*', 'MÜ*', 'mu\u0308*'])
    t.match(read(parseClient(text)), [{ kind: 'name', pattern: 'mü*' }], text);
  t.match(read(parseClient('fd00::7')), [{ kind: 'prefix', bits: 128 }]);
  t.equal(read(parseClient('private'))?.length, 9);
  for (const text of [
    '',
    '10.0.0.300',
    'aa:bb:cc',
    'aa:bb:cc:dd:ee:gg',
    'a b',
    '10.0.0.0/40',
    '-x',
    'mü *',
    'ü ü',
    '*-ü-',
  ])
    t.equal(read(parseClient(text)), null, text);
});

t.test('schedules', async (t) => {
  t.match(read(parseSchedule('Mon-Fri 08:00-18:00')), {
    days: 0b0111110,
    fromMinute: 480,
    toMinute: 1080,
  });
  t.match(read(parseSchedule('Sat,Sun 22:00-06:00')), {
    days: 0b1000001,
    fromMinute: 1320,
    toMinute: 360,
  });
  t.match(read(parseSchedule('Fri-Mon')), { days: 0b1100011, fromMinute: 0, toMinute: 1440 });
  t.match(read(parseSchedule('daily 0:00-24:00')), { days: 127, toMinute: 1440 });
  t.match(read(parseSchedule('21:00-06:00')), { days: 127 });
  t.match(read(parseSchedule('monday-wed')), { days: 0b0001110 });
  for (const text of [
    '',
    'Mon-Fri 8-18',
    'Mon-Fri 08:00-08:00',
    'Mon 25:00-26:00',
    'Mon 08:60-09:00',
    'Mon-Tue-Wed',
    'mo',
    'Mon 24:00-01:00',
  ])
    t.equal(read(parseSchedule(text)), null, text);
});

t.test('the nearest word is one that a slip could have made', async (t) => {
  t.equal(nearest('upstrems', ['upstreams', 'listen']), 'upstreams');
  t.equal(nearest('serve-stale', ['serveStale']), 'serveStale');
  t.equal(nearest('mintlt', ['minTtl', 'maxTtl']), 'minTtl');
  t.equal(nearest('blocklist', ['upstreams', 'cache']), null);
  t.equal(nearest('b', ['a', 'aaaa']), null);
});

t.test(
  'a Retry-After is seconds or a date; what is over, and what is neither, holds nobody up',
  async (t) => {
    const nowMs = Date.UTC(2026, 10, 23, 9);
    const said: [string | undefined, number | null][] = [
      ['120', 120_000],
      [' 0 ', 0],
      ['Mon, 23 Nov 2026 09:00:30 GMT', 30_000],
      ['Monday, 23-Nov-26 09:00:30 GMT', 30_000],
      ['Mon, 23 Nov 2026 08:59:30 GMT', 0],
      ['soon', null],
      ['', null],
      [undefined, null],
    ];
    for (const [text, ms] of said) t.equal(retryAfterMs(text, nowMs), ms, `${text}`);
  },
);
