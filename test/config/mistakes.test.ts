// Every mistake is told with its line, its column and what would be right.
import t from 'tap';
import { problemText } from '../../src/config/problem.ts';
import { loadText, problemsIn } from '../support/config-text.ts';

/** name → text → the one problem it must give */
const MISTAKES: Readonly<Record<string, readonly [text: string, problem: string]>> = {
  'an unknown key at the top': ['upstream: {}', '1:1 unknown key `upstream`; did you mean `upstreams`?'],
  'an unknown key in a section': [
    'cache:\n  minttl: 0s',
    '2:3 unknown key `minttl` in `cache`; did you mean `minTtl`?',
  ],
  'an unknown key three levels down': [
    'access:\n  rateLimit:\n    persecond: 5',
    '3:5 unknown key `persecond` in `access.rateLimit`; did you mean `perSecond`?',
  ],
  'a key of another section': ['ttl: 30s', '1:1 unknown key `ttl`; it belongs in `sinkhole`'],
  'a number as text': [
    'cache: { entries: lots }',
    '1:19 text `lots` where a number belongs; it wants a whole number from 0 to 10000000',
  ],
  'a negative number': ['cache:\n  entries: -1', '2:12 -1 is too little; it goes from 0 to 10000000'],
  'a fraction': [
    'cache: { entries: 1.5 }',
    '1:19 1.5 is not a whole number; it wants a whole number from 0 to 10000000',
  ],
  'an absurd number': [
    'workers: 100000',
    '1:10 `100000` is not a number of workers; write `auto` or a number from 1 to 128',
  ],
  'a YAML 1.1 boolean': [
    'metrics: on',
    '1:10 text `on` where `true` or `false` belongs; write `true`, without quotes',
  ],
  'a section as a value': [
    'cache: 5',
    '1:8 number `5` where a section belongs; write its keys below it, indented',
  ],
  'a value as a section': [
    'workers: { count: 2 }',
    '1:1 a section where `auto` or a number from 1 to 128 belongs; put it in quotes if it is meant as text',
  ],
  'an empty setting': ['workers:', '1:1 the setting is empty; it wants `auto` or a number from 1 to 128'],
  'a duration without unit': [
    'upstreams: { timeout: 5 }',
    '1:23 `5` is not a duration; add a unit: `5s`, `5m`, `5h` or `5d`',
  ],
  'a duration in words': ['cache: { maxTtl: 1 day }', '1:18 `1 day` is not a duration; write `1d`'],
  'a duration out of range': [
    'upstreams: { timeout: 2h }',
    '1:23 `2h` is too much; it goes from 50ms to 30s',
  ],
  'a size without unit': [
    'cache: { size: 64 }',
    '1:16 `64` is not a size; write a number and a unit, such as `64MiB`',
  ],
  'an address without port': ['listen: { dns: 0.0.0.0 }', '1:16 `0.0.0.0` has no port; write `0.0.0.0:53`'],
  'an octal address': [
    'listen: { dns: "010.0.0.1:53" }',
    '1:16 `010.0.0.1` in `010.0.0.1:53` is not an IP address; write an IP address, such as `127.0.0.1:53` or `[::1]:53`',
  ],
  'a port that cannot be': [
    'listen: { dns: ["127.0.0.1:70000"] }',
    '1:17 `70000` in `127.0.0.1:70000` is not a port; a port is a number from 0 to 65535',
  ],
  'one socket twice': [
    'listen:\n  dns: ["127.0.0.1:53", "127.0.0.1:53"]',
    '2:25 `127.0.0.1:53` is in listen.dns already; give each listener its own port',
  ],
  'no listener': [
    'listen: { dns: [] }',
    '1:11 there is no address to answer on; add one, such as `127.0.0.1:5335`',
  ],
  'host bits in a prefix': [
    'access: { allow: [10.0.5.1/24] }',
    '1:19 `10.0.5.1/24` has bits set beyond its prefix; write `10.0.5.0/24`, or `10.0.5.1` for that address alone',
  ],
  'a prefix too long': [
    'access: { allow: [10.0.0.0/33] }',
    '1:19 `10.0.0.0/33` has a prefix length that cannot be; it is a number from 0 to 32',
  ],
  'a mistyped word for networks': [
    'access: { allow: privat }',
    '1:18 `privat` is not an address or prefix; write `any`, `private`, `own`, an address or a prefix',
  ],
  'a MAC address too short': [
    'groups: { default: { clients: [any, "aa:bb:cc:dd:ee"], lists: [] } }',
    '1:37 `aa:bb:cc:dd:ee` is not a MAC address; it has six parts of two hexadecimal digits: `aa:bb:cc:dd:ee:ff`',
  ],
  'an unknown strategy': [
    'upstreams: { strategy: fastets }',
    '1:24 `fastets` is not one of fastest, parallel, ordered, random; did you mean `fastest`?',
  ],
  'an unknown mode': [
    'lists: { a: { names: [b.example], mode: monitr } }',
    '1:41 `monitr` is not one of enforce, monitor; did you mean `monitor`?',
  ],
  'an unknown answer': [
    'sinkhole: { answer: nxdomian }',
    '1:21 `nxdomian` is not one of nullip, nxdomain, nodata, refused; did you mean `nxdomain`?',
  ],
  'an IPv6 address for A': [
    'sinkhole: { answer: { a: "::1" } }',
    '1:26 `::1` is not an IPv4 address; write an IPv4 address such as `10.0.0.9`',
  ],
  'a transport nobody speaks': [
    'upstreams: { default: ["quic://9.9.9.9"] }',
    '1:24 `quic://` is a transport this version does not speak; it speaks udp, tcp, tls (DoT) and https (DoH)',
  ],
  'a bootstrap server by name': [
    'upstreams: { bootstrap: ["tls://dns.quad9.net"] }',
    '1:26 `tls://dns.quad9.net` would itself have to be looked up; give bootstrap servers by address, such as `9.9.9.9`',
  ],
  'an upstream that is cenote itself': [
    'upstreams: { default: ["127.0.0.1:5335"] }',
    '1:24 `127.0.0.1:5335` is cenote itself; name another server: queries would go in circles',
  ],
  'a route that is no name': [
    'upstreams: { routes: { "*.corp.example": 10.0.0.53 } }',
    '1:24 `*.corp.example` is not a name; a route is a name such as `corp.example`; it covers all below it; for a network, `10.0.0.0/8`',
  ],
  'a route twice': [
    'upstreams: { routes: { corp.example: 10.0.0.53, Corp.example.: 10.0.0.54 } }',
    '1:49 the route `corp.example` is there twice; keep one of them',
  ],
  'a list no group uses': [
    'lists:\n  ads: { names: [a.example] }\ngroups:\n  default: { clients: [any], lists: [] }',
    '2:3 no group uses the list `ads`; name it in a group, or remove it',
  ],
  'a group that names no list': [
    'lists:\n  ads: { names: [a.example] }\ngroups:\n  default: { clients: [any], lists: [adz] }',
    '4:38 there is no list `adz`; did you mean `ads`?',
  ],
  'no group with any': [
    'groups:\n  kids: { clients: [10.0.0.1], lists: [] }',
    '1:1 no group has `any`, so clients in no group would not be protected; add `default: { clients: [any], lists: [...] }`',
  ],
  'one client in two groups': [
    'groups:\n  default: { clients: [any], lists: [] }\n  b: { clients: [any], lists: [] }',
    '3:18 `any` is in the group `default` already; a client can be in one group only',
  ],
  'a group without clients': [
    'groups: { default: { lists: [] } }',
    '1:11 `clients` is missing; it wants a list',
  ],
  'a key twice in one line': [
    'cache: { entries: 5, "entries": 6 }',
    '1:22 the key `"entries"` is there twice; keep one of them',
  ],
  'a key with colons twice': [
    'clients:\n  names:\n    aa:bb:cc:dd:ee:ff: nas\n    aa:bb:cc:dd:ee:ff: tv',
    '4:5 the key `aa:bb:cc:dd:ee:ff` is there twice; keep one of them',
  ],
  'a merge key': [
    'lists:\n  a: &a { names: [a.test] }\n  b:\n    <<: *a\n    action: nxdomain',
    '4:5 unknown key `<<` in `lists.b`; YAML 1.2 merges no sections: write the settings out here',
  ],
  'an address of a link as answer': [
    'sinkhole: { answer: { aaaa: "fe80::1%2" } }',
    '1:29 `fe80::1%2` is not an IPv6 address; write an IPv6 address such as `fd00::9`',
  ],
  'a URL as the name of this resolver': [
    'resolver: { name: "https://dns.example.net" }',
    '1:19 `https://dns.example.net` is not the name of a server; write one that the certificate is for, such as `dns.example.net`',
  ],
  'a key twice': [
    'lists:\n  a: { names: [a.example] }\n  a: { names: [b.example] }',
    '3:3 the key `a` is there twice; keep one of them',
  ],
  'two lists that differ in letter case': [
    'lists:\n  ads: { names: [a.example] }\n  Ads: { names: [b.example] }',
    '3:3 the list `Ads` is there already as `ads`; rename or remove one',
  ],
  'a list without source': [
    'lists:\n  ads: { refresh: 1h }',
    '2:3 the list `ads` has no `source`; add a path or a URL, or `names` in place of it',
  ],
  'a list file that is not there': [
    'lists: { ads: { source: ads.txt } }',
    '1:25 the list file `ads.txt` is not there; looked for /srv/ads.txt and /etc/cenote/ads.txt',
  ],
  'a source of a kind nobody fetches': [
    'lists: { ads: { source: "ftp://a.example/x" } }',
    '1:25 `ftp://` is not a kind of source; sources are a path, `folder:DIR`, `http://`, `https://`, `taxii+https://`, `misp+https://` or `rpz://`',
  ],
  'a schedule that does not parse': [
    'groups: { default: { clients: [any], lists: [], schedule: Mon-Fry } }',
    '1:59 `Fry` in `Mon-Fry` is not a day; days are Sun, Mon, Tue, Wed, Thu, Fri, Sat or `daily`',
  ],
  'a format of the other kind of alert': [
    'alerts: [{ webhook: "https://a.example", format: cef }]',
    '1:50 `cef` is not a format of webhooks; choose one of generic, slack, teams, discord, ntfy, alertmanager',
  ],
  'two receivers of one name': [
    'alerts: [{ webhook: "https://a.example", name: soc }, { webhook: "https://b.example", name: soc }]',
    '1:93 `soc` is the name of receiver 1 too; give each a name of its own',
  ],
  'a receiver whose name would break a line': [
    'alerts: [{ webhook: "https://a.example", name: "a\\nb" }]',
    '1:48 `a b` is not the name of a receiver; write at most 64 letters, digits, spaces and `-_.@:`, a letter or digit first',
  ],
  'framing of datagrams': [
    'alerts: [{ syslog: "udp://10.0.0.7:514", framing: newline }]',
    '1:42 `framing` separates messages over TCP and TLS; a datagram is one message; remove it',
  ],
  'a webhook with a password that is no URL': [
    'alerts: [{ webhook: "https://u:s3cret@a b.example/" }]',
    '1:21 `https://a b.example/` is not a URL; write `https://HOST/PATH`',
  ],
  'an alert for a list that does not exist': [
    'alerts: [{ webhook: "https://a.example", lists: [adz] }]\nlists: { ads: { names: [ad.example] } }',
    '1:50 there is no list `adz`; did you mean `ads`?',
  ],
  'a mail without a receiver': [
    'alerts: [{ mail: "smtp://mail.example", from: c@office.example }]',
    '1:10 a mail needs `to`: mail addresses; write `to: [soc@office.example]`',
  ],
  'a zone for others of lists that alert, where none does': [
    'lists: { l: { names: [a.example] } }\ngroups: { default: { clients: [any], lists: [l] } }\nserve: { zones: { z.test: { alerting: true, allow: [192.0.2.1] } } }',
    '3:19 it is made of the lists that alert, and none does; give a list `alert: true`, or add `lists: [NAME]`',
  ],
  'a mail password in the URL': [
    'alerts: [{ mail: "smtp://u:p@mail.example", from: c@office.example, to: [s@office.example] }]',
    '1:18 this is not a mail server; write `smtp://HOST:587`, `smtp://USER@HOST:587` or `smtps://HOST:465`; a password goes into `secret`',
  ],
  'a command that is no path': [
    'alerts: [{ command: [page] }]',
    '1:12 a command begins with the absolute path of a program; write `command: [/usr/local/bin/page, ARGUMENT]`',
  ],
  'a setting of another kind of alert': [
    'alerts: [{ syslog: "udp://10.0.0.7:514", secret: x }]',
    '1:42 `secret` signs webhooks and is the password of a mail user; a syslog has no use for it; remove it',
  ],
  'an alert to nowhere': [
    'alerts: [{ format: cef }]',
    '1:10 an alert goes to a `webhook`, a `syslog` server, a `mail` server or a `command`; write one of them',
  ],
  'a tab': ['cache:\n\tentries: 5', '2:1 a tab in the indentation; indent with spaces'],
  'a bracket left open': [
    'listen: { dns: [a\nworkers: auto',
    '2:1 a closing quote, bracket or comma is missing; close it before the line ends',
  ],
  'a wildcard without quotes': [
    'lists:\n  v: { names: [a.example, *.b.example] }',
    '2:27 a value that begins with a sign of YAML’s own; put it in quotes: `"*.b.example"`',
  ],
  'a wildcard without quotes as a key': [
    'upstreams: { routes: { *.b.example : 10.0.0.53 } }',
    '1:24 a key that is not text; a key is a word before a colon, in quotes where it begins with a sign such as `*`',
  ],
  'a rule without quotes': [
    'lists: { v: { names: [||a.example^] } }',
    '1:23 a value that begins with a sign of YAML’s own; put it in quotes',
  ],
  'a comma left out': [
    'lists: { v: { source: a.txt for: all } }',
    '1:23 a closing quote, bracket or comma is missing; close it before the line ends',
  ],
  'a comma left out after a quote': [
    'lists: { v: { source: "a.txt" for: all } }',
    '1:31 something that does not belong here; look for a comma, colon, quote or bracket that is missing before it',
  ],
  'a backslash in double quotes': [
    'lists: { v: { source: "C:\\lists" } }',
    '1:26 a backslash in double quotes; put the value in single quotes',
  ],
  'a second document': [
    'workers: auto\n---\nworkers: 2',
    '2:1 a second document begins; remove the `---` line',
  ],
  'a tag': [
    'workers: !secret x',
    '1:10 a tag (`!…`) that means nothing here; remove it, or put the value in quotes',
  ],
  'typographic quotes around a name, which nobody would ask for': [
    'lists: { l: { names: [“evil.example”] } }\ngroups: { default: { clients: [any], lists: [l] } }',
    '1:23 typographic quotes are part of the text; write `"` in their place',
  ],
  'typographic quotes around a client': [
    'groups: { default: { clients: [any, „tv“], lists: [] } }',
    '1:37 typographic quotes are part of the text; write `"` in their place',
  ],
  'a no-break space in the indentation': [
    'upstreams:\n\u00a0\u00a0default: [9.9.9.9]\nlists: { l: { names: [a.example] } }',
    '2:1 a sign that nobody sees (U+00A0) is part of the text; type it anew, with the usual blanks',
  ],
  'a no-break space behind a colon': [
    'cache:\n  entries:\u00a05',
    '2:3 a sign that nobody sees (U+00A0) is part of the text; type it anew, with the usual blanks',
  ],
  'a no-break space behind a value': [
    'metrics: true\u00a0',
    '1:10 a sign that nobody sees (U+00A0) is part of the text; type it anew, with the usual blanks',
  ],
  'a sign without width in an address': [
    'upstreams: { default: [9.9.9.9\u200b] }',
    '1:24 a sign that nobody sees (U+200B) is part of the text; type it anew, with the usual blanks',
  ],
  'a list where settings belong': [
    '- a\n- b',
    '1:1 the file holds no settings; settings are lines such as `workers: auto`',
  ],
  'a name of JavaScript': [
    'lists: { __proto__: { names: [a.example] } }',
    '1:10 `__proto__` cannot be a name; choose another',
  ],
};

for (const [name, [text, problem]] of Object.entries(MISTAKES))
  t.test(name, async (t) => {
    t.same(problemsIn(text), [problem]);
  });

t.test('signs of other scripts, and typographic ones between quotes, are text', async (t) => {
  for (const secret of ['"“tv”"', 'Peter’s phone', '会議室', "'\u00a0x'", 'à\u00a0la carte'])
    t.same(problemsIn(`alerts: [{ webhook: "https://a.example", secret: ${secret} }]`), [], secret);
});

t.test('action zone is for formats whose lines say what happens', async (t) => {
  const problemsOf = (format: string): readonly string[] =>
    problemsIn(`lists: { a: { names: [a.example], format: ${format}, action: zone } }`);
  for (const format of ['auto', 'rpz', 'dnsmasq', 'unbound']) t.same(problemsOf(format), [], format);
  for (const format of ['hosts', 'domains', 'wildcard', 'adblock', 'regex'])
    t.match(
      problemsOf(format),
      [new RegExp(`lines in format ${format} say no action; choose another action`)],
      format,
    );
});

t.test('a tls listener needs a certificate', async (t) => {
  const problems = problemsIn('listen: { tls: ["0.0.0.0:853"] }');
  t.ok(problems.some((problem) => problem.includes('tls listeners need a certificate')));
});

t.test('several mistakes are told at once, from top to bottom', async (t) => {
  const problems = problemsIn(
    [
      'workers: x',
      'metrics: 7',
      'lists: { a: { source: no.txt }, b: { action: blok } }',
      'cache: { entires: 5 }',
    ].join('\n'),
  );
  t.same(
    problems.map((problem) => problem.split(' ')[0]),
    ['1:10', '2:10', '3:23', '3:46', '4:10'],
  );
});

t.test('a message is one line with its place, and carries the offending text', async (t) => {
  const [problem] = loadText('cache: { entries: many }').problems;
  t.match(problem, { file: '/etc/cenote/cenote.yaml', line: 1, column: 19, text: 'many' });
  t.equal(
    problem && problemText(problem),
    'text `many` where a number belongs; it wants a whole number from 0 to 10000000 (/etc/cenote/cenote.yaml:1:19)',
  );
});

t.test('a file that is not there is a problem, not an exception', async (t) => {
  const { loadConfig } = await import('../../src/config/load.ts');
  const { problems } = loadConfig({ file: 'missing.yaml', environment: {}, workingDirectory: t.testdir({}) });
  t.same(problems.map(problemText), ['cannot read the configuration: there is no such file (missing.yaml)']);
});

t.test('clients are named by address or MAC', async (t) => {
  t.same(problemsIn('clients: { names: { "10.0.0.0/24": till } }'), [
    '1:21 `10.0.0.0/24` is not an address or a MAC address; write `10.0.0.12`, `2001:db8::12` or `aa:bb:cc:dd:ee:ff`, in quotes',
  ]);
  t.match(problemsIn('clients: { names: { "10.0.0.7": "a b" } }'), [/`a b` is not the name of a machine/]);
});
