// The constructs of each format. Of Adblock, dnsmasq, Unbound, policy zones and expressions `npm run engines -- rows` asks the engines.
import type { FormatTable } from './table.ts';

const ZONE = '$TTL 60\n@ SOA localhost. root.localhost. 1 300 60 86400 60\n@ NS localhost.\n';
const zone = (...records: string[]): string => `${ZONE}${records.join('\n')}\n`;

export const ADBLOCK: FormatTable = {
  id: 'adblock',
  engine: 'AdGuard Home (urlfilter 0.23.4)',
  settings: { format: 'adblock' },
  rows: [
    { construct: '`||a.test^`', asked: ['a.test: block', 'www.a.test: block', 'xa.test: pass'] },
    { construct: '`a.test`', asked: ['a.test: block', 'www.a.test: pass'] },
    {
      construct: '`|a.test^`, `://a.test^`',
      list: ['|a.test^'],
      asked: ['a.test: block', 'www.a.test: pass'],
    },
    {
      construct: '`*.a.test^`, `.a.test^`',
      list: ['*.a.test^'],
      asked: ['a.test: pass', 'www.a.test: block'],
    },
    {
      construct: '`*.a.test`',
      asked: ['a.test: pass', 'www.a.test: block', 'www.a.test.b.example: block / pass'],
      note: 'a rule without its end mark ends where the name does',
    },
    {
      construct: '`||a.test`',
      asked: ['a.test: block', 'www.a.test: block', 'a.test.b.example: block / pass'],
      note: 'likewise: its author means the domain, and names of others go on as it does',
    },
    {
      construct: '`a.test^`',
      asked: ['a.test: block', 'www.a.test: block', 'xa.test: block / pass'],
      note: 'a rule without its mark of beginning begins at a label',
    },
    {
      construct: '`a.test$important`',
      asked: ['a.test: block', 'www.a.test: block', 'xa.test: block'],
      note: 'the 200 first of a list; the others cover the name and all below',
    },
    {
      construct: '`@@a.test`',
      list: ['||shop.example^\n@@a.shop.example'],
      asked: ['a.shop.example: pass', 'xa.shop.example: pass', 'b.shop.example: block'],
      note: 'likewise',
    },
    { construct: '`||a*.test^`', asked: ['ab.test: block', 'x.ab.test: block', 'b.test: pass'] },
    { construct: '`/^ad[0-9]+\\./`', asked: ['ad7.test: block', 'x.ad7.test: pass'] },
    {
      construct: '`/word/`',
      list: ['/word/\n||b.test^'],
      asked: ['sword.test: block', 'a.test: pass'],
      note: "told as found in anybody's names; a path, and skipped, where most lines are names",
    },
    { construct: '`*`, `||*^`', list: ['*'], asked: ['a.test: pass'] },
    {
      construct: '`*$dnstype=TXT`',
      asked: ['a.test TXT: block / pass'],
      note: 'a rule on every name needs `allowPublicSuffixes: true`, `$denyallow` or `$client`',
    },
    {
      construct: '`||test^`',
      asked: ['a.test: block / pass'],
      note: 'a top-level domain needs `allowPublicSuffixes: true`',
      list: ['||test^'],
    },
    {
      construct: '`@@||www.a.test^`',
      list: ['||a.test^\n@@||www.a.test^'],
      asked: ['a.test: block', 'www.a.test: pass'],
    },
    { construct: '`$important`', list: ['||a.test^$important\n@@||a.test^'], asked: ['a.test: block'] },
    {
      construct: '`@@…$important`',
      list: ['||a.test^$important\n@@||a.test^$important'],
      asked: ['a.test: pass'],
    },
    {
      construct: '`||a.test^$dnstype=A|~AAAA`',
      asked: ['a.test: block', 'a.test AAAA: pass', 'a.test TXT: pass'],
    },
    { construct: '`||a.test^$dnstype=~A`', asked: ['a.test: pass', 'a.test TXT: block'] },
    {
      construct: '`||a.test^$denyallow=www.a.test`',
      asked: ['a.test: block', 'www.a.test: pass', 'x.www.a.test: pass'],
    },
    {
      construct: '`||a.test^$client=192.0.2.0/24`',
      asked: ['a.test: block'],
      note: "a client's name is skipped and counted: groups are for that",
    },
    {
      construct: '`||a.test^$ctag=~device_tv`',
      asked: ['a.test: block'],
      note: 'there are no tags here: `$ctag=device_tv` is skipped and counted',
    },
    {
      construct: '`||a.test^$badfilter`',
      list: ['||a.test^\n||a.test^$badfilter'],
      asked: ['a.test: pass'],
      note: 'in all lists',
    },
    {
      construct: '`||a.test^$badfilter` and a rule with more conditions',
      list: ['||a.test^$dnstype=A\n||a.test^$badfilter'],
      asked: ['a.test: pass / block'],
      note: 'voids a rule of the same conditions',
    },
    {
      construct: 'two `$badfilter` rules that match a name',
      list: ['||a.test^\n||a.test^$badfilter\n||www.a.test^\n||www.a.test^$badfilter'],
      asked: ['a.test: pass', 'www.a.test: block / pass'],
      note: 'each voids its rule; there, where both match, neither',
    },
    {
      construct: '`||a.test^$dnsrewrite=192.0.2.4`',
      asked: ['a.test: data 192.0.2.4', 'a.test AAAA: nodata', 'www.a.test: data 192.0.2.4'],
    },
    {
      construct: '`$dnsrewrite=REFUSED`, `NXDOMAIN;;`',
      list: ['||a.test^$dnsrewrite=REFUSED'],
      asked: ['a.test: refused'],
    },
    { construct: '`||a.test^$dnsrewrite=wall.example`', asked: ['a.test: alias wall.example'] },
    {
      construct: '`||a.test^$dnsrewrite=NOERROR;TXT;hello`',
      asked: ['a.test TXT: data TXT', 'a.test: nodata'],
      note: 'MX, SRV, PTR, HTTPS likewise',
    },
    { construct: '`||a.test^$dnsrewrite`', asked: ['a.test: nodata'] },
    {
      construct: '`$dnsrewrite` and `@@`',
      list: ['||a.test^$dnsrewrite=192.0.2.4\n@@||a.test^'],
      asked: ['a.test: data 192.0.2.4'],
      note: 'an allow list, `cenote allow` and `@@…$important` let pass',
    },
    {
      construct: '`@@||a.test^$dnsrewrite`',
      list: ['||a.test^$dnsrewrite=192.0.2.4\n@@||a.test^$dnsrewrite'],
      asked: ['a.test: pass'],
    },
    {
      construct: '`@@||a.test^$dnsrewrite=VALUE`',
      list: [
        '||a.test^$dnsrewrite=192.0.2.4\n||a.test^$dnsrewrite=192.0.2.5\n@@||a.test^$dnsrewrite=192.0.2.4',
      ],
      asked: ['a.test: data 192.0.2.5'],
    },
    {
      construct: '`$dnsrewrite` and its `$badfilter`',
      list: ['||a.test^$dnsrewrite=192.0.2.4\n||a.test^$dnsrewrite=192.0.2.4,badfilter'],
      asked: ['a.test: data 192.0.2.4'],
    },
    {
      construct: '`||a.test^$third-party`, `##.banner`, `||a.test/path`',
      list: ['||a.test^$third-party'],
      asked: ['a.test: pass'],
      note: 'for browsers; counted',
    },
    {
      construct: '`0.0.0.0 a.test`',
      asked: ['a.test: block', 'a.test AAAA: nodata / block', 'www.a.test: pass'],
    },
    {
      construct: '`127.0.0.1 a.test`',
      asked: ['a.test: data 127.0.0.1 / block'],
      note: 'an address that leads nowhere blocks',
    },
    { construct: '`192.0.2.4 a.test`', asked: ['a.test: data 192.0.2.4', 'a.test AAAA: nodata'] },
    {
      construct: '`0.0.0.0 A.test`, `0.0.0.0 a.test.`',
      list: ['0.0.0.0 A.test'],
      asked: ['a.test: pass / block'],
      note: 'letter case and a last dot say nothing',
    },
  ],
};

export const DNSMASQ: FormatTable = {
  id: 'dnsmasq',
  engine: 'dnsmasq 2.90',
  settings: { format: 'dnsmasq', action: 'zone' },
  rows: [
    {
      construct: '`address=/a.example/`, `local=/a.example/`, `server=/a.example/`',
      list: ['address=/a.example/'],
      asked: [
        'a.example: nxdomain',
        'www.a.example: nxdomain',
        'a.example TXT: nxdomain',
        'xa.example: pass',
      ],
    },
    {
      construct: '`address=/a.example/#`',
      asked: ['a.example: data 0.0.0.0 / block', 'a.example TXT: pass / block'],
      note: 'every type is stopped',
    },
    {
      construct: '`address=/a.example/0.0.0.0`',
      asked: ['a.example: data 0.0.0.0 / block', 'a.example AAAA: pass / block'],
      note: 'likewise: what is blocked is not reached over IPv6',
    },
    {
      construct: '`address=/a.example/192.0.2.4`',
      asked: ['a.example: data 192.0.2.4', 'www.a.example: data 192.0.2.4', 'a.example AAAA: pass / nodata'],
    },
    { construct: '`address=/*.a.example/`', asked: ['a.example: pass', 'www.a.example: nxdomain'] },
    { construct: '`address=/.a.example/`', asked: ['a.example: nxdomain', 'www.a.example: nxdomain'] },
    { construct: '`address=/a.example/b.example/`', asked: ['a.example: nxdomain', 'b.example: nxdomain'] },
    {
      construct: '`server=/www.a.example/#`',
      list: ['address=/a.example/\nserver=/www.a.example/#'],
      asked: ['a.example: nxdomain', 'www.a.example: pass'],
      note: 'an exception, whatever the list’s `action`',
    },
    {
      construct: 'a line on a name below an exception',
      list: ['address=/a.example/\nserver=/b.a.example/#\naddress=/c.b.a.example/'],
      asked: ['a.example: nxdomain', 'b.a.example: pass', 'c.b.a.example: nxdomain', 'd.b.a.example: pass'],
    },
    {
      construct: '`server=/a.example/#` beside `address=/a.example/192.0.2.4`, whichever comes first',
      list: ['server=/a.example/#\naddress=/a.example/192.0.2.4\nserver=/a.example/#'],
      asked: ['a.example: data 192.0.2.4', 'www.a.example: data 192.0.2.4'],
    },
    {
      construct: '`server=/a.example/#` beside `local=/a.example/`',
      list: ['server=/a.example/#\nlocal=/a.example/'],
      asked: ['a.example: pass', 'www.a.example: pass'],
    },
    {
      construct: '`server=/a.example/#` beside `local=/*.a.example/`',
      list: ['server=/a.example/#\nlocal=/*.a.example/'],
      asked: ['a.example: pass', 'www.a.example: nxdomain'],
    },
    { construct: '`server=/a.example/192.0.2.53`', asked: ['a.example: pass'], note: 'forwards; counted' },
  ],
};

export const UNBOUND: FormatTable = {
  id: 'unbound',
  engine: 'Unbound 1.17.1',
  settings: { format: 'unbound', action: 'zone' },
  rows: [
    ...(
      [
        ['static', 'nxdomain'],
        ['always_nxdomain', 'nxdomain'],
        ['always_nodata', 'nodata'],
        ['refuse', 'refused'],
        ['always_refuse', 'refused'],
        ['deny', 'drop'],
        ['always_deny', 'drop'],
        ['inform_deny', 'drop'],
        ['always_transparent', 'pass'],
        ['transparent', 'pass'],
        ['typetransparent', 'pass'],
        ['inform', 'pass'],
        ['noview', 'pass'],
        ['nodefault', 'pass'],
      ] as const
    ).map(([kind, outcome]) => ({
      construct: `\`local-zone: "a.example" ${kind}\``,
      asked: [`a.example: ${outcome}`, `www.a.example: ${outcome}`] as const,
    })),
    {
      construct: '`local-zone: "a.example" always_null`',
      asked: [
        'a.example: data 0.0.0.0 / block',
        'a.example AAAA: data :: / block',
        'a.example TXT: nodata / block',
      ],
    },
    {
      construct: '`local-zone: "a.example" redirect` alone',
      list: ['local-zone: "a.example" redirect'],
      asked: ['a.example: nodata / block'],
    },
    {
      construct: '`redirect` with `local-data: "a.example A 192.0.2.4"`',
      list: ['local-zone: "a.example" redirect\nlocal-data: "a.example A 192.0.2.4"'],
      asked: ['a.example: data 192.0.2.4', 'www.a.example: data 192.0.2.4', 'a.example TXT: nodata'],
    },
    {
      construct: '`local-data: "a.example A 192.0.2.4"`',
      asked: ['a.example: data 192.0.2.4', 'a.example AAAA: nodata', 'www.a.example: pass'],
    },
    {
      construct: '`local-data: "a.example TXT hello"`',
      asked: ['a.example TXT: data TXT', 'a.example: nodata'],
    },
    { construct: '`local-data: "a.example CNAME wall.example."`', asked: ['a.example: alias wall.example'] },
    {
      construct: '`transparent`, `inform` … inside another zone',
      list: ['local-zone: "a.example" always_nxdomain\nlocal-zone: "www.a.example" transparent'],
      asked: ['a.example: nxdomain', 'www.a.example: pass / nxdomain'],
      note: '`always_transparent` is the exception here',
    },
    {
      construct: '`local-zone: "www.a.example" always_transparent` inside another zone',
      list: ['local-zone: "a.example" always_nxdomain\nlocal-zone: "www.a.example" always_transparent'],
      asked: ['a.example: nxdomain', 'www.a.example: pass'],
    },
  ],
};

export const RPZ: FormatTable = {
  id: 'rpz',
  engine: 'BIND 9.18, Unbound 1.17, Recursor 4.8',
  settings: { format: 'rpz', action: 'zone' },
  rows: [
    {
      construct: '`a.example CNAME .`',
      list: [zone('a.example CNAME .')],
      asked: ['a.example: nxdomain', 'www.a.example: pass'],
    },
    {
      construct: '`*.a.example CNAME .`',
      list: [zone('*.a.example CNAME .')],
      asked: ['a.example: pass', 'www.a.example: nxdomain'],
    },
    { construct: '`a.example CNAME *.`', list: [zone('a.example CNAME *.')], asked: ['a.example: nodata'] },
    {
      construct: '`a.example CNAME rpz-drop.`',
      list: [zone('a.example CNAME rpz-drop.')],
      asked: ['a.example: drop'],
    },
    {
      construct: '`a.example CNAME rpz-tcp-only.`',
      list: [zone('a.example CNAME rpz-tcp-only.')],
      asked: ['a.example: tcp'],
    },
    {
      construct: '`a.example CNAME rpz-passthru.`',
      list: [zone('a.shop.example CNAME rpz-passthru.', '*.shop.example CNAME .')],
      asked: ['a.shop.example: pass', 'b.shop.example: nxdomain'],
    },
    {
      construct: '`a.example A 192.0.2.4`',
      list: [zone('a.example A 192.0.2.4')],
      asked: ['a.example: data 192.0.2.4', 'a.example AAAA: nodata'],
    },
    {
      construct: '`a.example TXT "hello"`, MX, SRV, HTTPS, `TYPE65400 \\# …`',
      list: [zone('a.example TXT "hello"')],
      asked: ['a.example TXT: data TXT', 'a.example: nodata'],
    },
    {
      construct: '`a.example CNAME wall.example.`',
      list: [zone('a.example CNAME wall.example.')],
      asked: ['a.example: alias wall.example'],
    },
    {
      construct: '`a.example CNAME *.wall.example.`',
      list: [zone('a.example CNAME *.wall.example.')],
      asked: ['a.example: alias a.example.wall.example'],
    },
    {
      construct: 'two zones: the first with a match decides',
      list: [zone('a.example CNAME .'), zone('a.example CNAME rpz-passthru.')],
      asked: ['a.example: nxdomain'],
    },
    {
      construct: 'two zones: an exception of the first',
      list: [zone('a.example CNAME rpz-passthru.'), zone('a.example CNAME .')],
      asked: ['a.example: pass'],
    },
  ],
};

export const REGEX: FormatTable = {
  id: 'regex',
  engine: 'Pi-hole (TRE 0.8.0)',
  settings: { format: 'regex' },
  rows: [
    { construct: '`^ad[sx]?[0-9]*[_.-]`', asked: ['ads1.a.test: block', 'x.ads.test: pass'] },
    { construct: '`(\\.|^)a\\.test$`', asked: ['a.test: block', 'www.a.test: block', 'xa.test: pass'] },
    { construct: '`^[^.[:space:]]+\\.a\\.test$`', asked: ['www.a.test: block', 'a.test: pass'] },
  ],
};

/** Not run: as their sources say. */
export const NAMES: readonly FormatTable[] = [
  {
    id: 'hosts',
    engine: 'hosts files (Pi-hole v6 gravity)',
    settings: { format: 'hosts' },
    rows: [
      {
        construct: '`0.0.0.0 a.test b.test # note`',
        list: ['0.0.0.0 a.test b.test # note'],
        asked: ['a.test: block', 'b.test: block', 'www.a.test: pass'],
      },
      {
        construct: '`0.0.0.0 A.test`, `0.0.0.0 a.test.`',
        list: ['0.0.0.0 A.test\n0.0.0.0 b.test.'],
        asked: ['a.test: block', 'b.test: block'],
      },
      { construct: '`a.test`', asked: ['a.test: block', 'www.a.test: pass'] },
      {
        construct: '`a.test b.test`',
        asked: ['a.test: block', 'b.test: block', 'www.a.test: pass'],
      },
      {
        construct: '`a.test b.test # note`, `c.test 0.0.0.0`',
        list: ['a.test b.test # note\nc.test 0.0.0.0'],
        asked: ['a.test: block', 'b.test: block', 'c.test: block', 'note: pass'],
      },
      {
        construct: '`see a.test for more`',
        asked: ['a.test: block / pass'],
        note: 'a line with any word that is no name is a sentence: skipped and counted',
      },
      { construct: '`printer`', asked: ['printer: pass'] },
      { construct: '`0.0.0.0 localhost`', asked: ['localhost: pass'] },
      { construct: '`||a.test^`', asked: ['a.test: block', 'www.a.test: block'] },
      {
        construct: '`||a.test`, `||a.test^$important`',
        list: ['||a.test'],
        asked: ['a.test: pass / block', 'www.a.test: pass / block'],
        note: 'as in Adblock',
      },
      {
        construct: '`*.a.test` among hosts lines',
        list: ['*.a.test'],
        asked: ['a.test: pass', 'www.a.test: pass'],
      },
      {
        construct: '`@@||a.test^` in a list that allows (antigravity)',
        list: ['||test.example^', '@@||a.test.example^'],
        asked: ['a.test.example: pass', 'b.test.example: block'],
      },
      {
        construct: '`@@||a.test^` in a list that blocks',
        list: ['||test.example^\n@@||a.test.example^'],
        asked: ['a.test.example: block / pass', 'b.test.example: block'],
        note: 'an exception is one in any list',
      },
    ],
  },
  {
    id: 'blocky',
    engine: 'blocky',
    settings: { format: 'wildcard' },
    rows: [
      { construct: '`*.a.test`', asked: ['a.test: block', 'www.a.test: block', 'xa.test: pass'] },
      { construct: '`a.test`', asked: ['a.test: block', 'www.a.test: pass'] },
      {
        construct: '`||a.test^`',
        asked: ['a.test: block', 'www.a.test: pass / block'],
        note: 'as in Adblock',
      },
      {
        construct: '`||a.test`',
        asked: ['a.test: block', 'www.a.test: pass / block'],
        note: 'as in Adblock',
      },
      {
        construct: '`0.0.0.0 a.test b.test`',
        asked: ['a.test: block', 'b.test: block', 'www.a.test: pass'],
      },
      {
        construct: '`@@||a.test^`',
        list: ['*.test.example\n@@||a.test.example^'],
        asked: ['a.test.example: block / pass', 'b.test.example: block'],
        note: 'as in Adblock; there a line that is not understood',
      },
      { construct: '`a.*.test`', asked: ['a.b.test: pass'] },
      { construct: '`/ads[0-9]\\./`', asked: ['ads1.test: block', 'a.test: pass'] },
      {
        construct: '`/word/`',
        list: ['/word/\na.test\nb.test'],
        asked: ['sword.test: block / pass'],
        note: 'a path among names: skipped and counted',
      },
    ],
  },
  {
    id: 'technitium',
    engine: 'Technitium',
    settings: { format: 'auto' },
    rows: [
      {
        construct: '`a.test`, `0.0.0.0 a.test`',
        list: ['0.0.0.0 a.test'],
        asked: ['a.test: block', 'www.a.test: block / pass'],
        note: 'a name alone; `subdomains: true` covers what is below',
      },
      {
        construct: '`0.0.0.0 a.test b.test`',
        asked: ['a.test: block', 'b.test: pass / block'],
        note: 'every name of the line; there the first',
      },
      { construct: '`*.a.test`', asked: ['a.test: block', 'www.a.test: block'] },
      { construct: '`||a.test^`', asked: ['a.test: block', 'www.a.test: block', 'xa.test: pass'] },
      { construct: '`||a.test`', asked: ['a.test: block', 'www.a.test: block'] },
      {
        construct: '`@@||a.test^`',
        list: ['||test.example^\n@@||a.test.example^'],
        asked: ['a.test.example: pass', 'www.a.test.example: pass', 'b.test.example: block'],
      },
      { construct: '`||a.test^$third-party`', asked: ['a.test: pass'] },
      {
        construct: '`||a.test^$all`, `$document`',
        list: ['||a.test^$all'],
        asked: ['a.test: block / pass'],
        note: 'for browsers, as in AdGuard Home; counted',
      },
      {
        construct: '`a.test` with `subdomains: true`',
        list: ['a.test'],
        settings: { subdomains: true },
        asked: ['a.test: block', 'www.a.test: block'],
      },
    ],
  },
];

export const TABLES: readonly FormatTable[] = [ADBLOCK, DNSMASQ, UNBOUND, RPZ, REGEX, ...NAMES];
