// What a report says of its names beside them: whose they are, whether they are harmless, whether they are names at all. By import,
// of files of every kind.
import t from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import { ReportError } from '../../src/report/report.ts';
import { lines, NOW, namesInFile } from '../support/lists-report.ts';

const imported = (text: string | Uint8Array, sourceName = 'report.txt'): Promise<string[]> =>
  namesInFile(text, sourceName);

const numbered = (count: number, separator: string): string =>
  Array.from({ length: count }, (_, index) => `kabar-awan-${index}.top`).join(separator);

const CASES: readonly (readonly [what: string, text: string, names: readonly string[]])[] = [
  [
    'a remark that ends in brackets with "legitimate", in a table and in a text',
    lines(
      'type,value,comment',
      'url,"hxxps://events.lawreview[.]test-uni.edu/talk",Final URL (LEGITIMATE)',
      'url,"hxxps://kabarawan[.]com/a",Final URL',
    ),
    ['kabarawan.com'],
  ],
  [
    'a remark that a machine asks it whether it is online',
    lines(
      'type,value,comment',
      'domain,dailynews-berita.com,Used in ping command to check for internet connection',
      'domain,berita-harian.net,connectivity check',
      'domain,kabarawan.com,C2 that is asked after checking for an internet connection',
    ),
    ['kabarawan.com'],
  ],
  [
    'a row of a victim, however long',
    lines(
      '| Date | Type | Description | Source |',
      '| --- | --- | --- | --- |',
      `| 16 June | Victim | bengkel-baja[.]com (a maker), ${Array.from({ length: 200 }, (_, i) => `toko-${i}[.]com (a shop)`).join(', ')} | leak site |`,
      '| 16 June | Infrastructure | kabarawan[.]com (C2) | notes |',
    ),
    ['kabarawan.com'],
  ],
  [
    'a type column that says victim',
    lines('type,domain', 'victim,bengkel-baja.com', 'c2,kabarawan.com'),
    ['kabarawan.com'],
  ],
  [
    'whom a bot attacks',
    lines(
      'C2:',
      'kabarawan[.]com',
      '',
      'Domains to DDoS from the script',
      'hxxps://toko-buku[.]com',
      '',
      'Stage 2',
      'awan-data77[.]com',
    ),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'a heading that says legitimate in brackets',
    lines(
      'Payload hosting',
      'hxxps://kabarawan[.]com/a',
      '',
      'Geolocation abuse (Legitimate - watch for Client/1.0 User-Agent)',
      'hxxps://g3.tv-rumah[.]com/r?format=1',
      '',
      'Domains (legitimate sites that were compromised)',
      'hxxps://toko-buku[.]com/wp/x',
    ),
    ['kabarawan.com', 'toko-buku.com'],
  ],
  [
    'files under host-based indicators',
    lines('Host-based indicators', '', 'agenda.zip', '9e107d9d372bb6826bd81d3542a419d6'),
    [],
  ],
  [
    'whose a name is, before it in a list of names',
    lines(
      'C2:',
      'FakeLoader - unduhan-rapat.com',
      'Stealer - kabarawan[.]com',
      '',
      'About us',
      'Blog - berita-harian.net',
    ),
    ['unduhan-rapat.com', 'kabarawan.com'],
  ],
  [
    'a payload that is fetched from a name, and one that is a file',
    lines('Payload: kabarawan.com', 'Payload: setup.zip', 'C2: http://192.0.2.7/a'),
    ['kabarawan.com'],
  ],
  [
    'a call in code is no setting',
    lines('## C2', '', 'c2_address = m.group(0)', 'c2_address = kabarawan.com'),
    ['kabarawan.com'],
  ],
  [
    'a table of reports by others',
    lines(
      "## Network related IoC's",
      '| Note | Links |',
      '| --- | --- |',
      '| A team | https://www.berita-harian.net/blog/zero-day |',
      '',
      '| Vendor | Date of Report | Link |',
      '| --- | --- | --- |',
      '| Another | 28-12-2021 | https://lawreview.berita.net/research/attack |',
      '',
      '## Malicious links',
      '| Note | Link |',
      '| --- | --- |',
      '| phishing | https://kabarawan.com/a |',
    ),
    ['kabarawan.com'],
  ],
  [
    'what a scanner calls malware, typed as a host name',
    lines('type,value', 'hostname,trojan.win32.kabar.sm', 'hostname,kabarawan.com'),
    ['kabarawan.com'],
  ],
  [
    'dots of an expression in a query, which mark nothing',
    lines(
      'DeviceFileEvents',
      "| where FolderPath matches regex @'(?i)berita\\.net|system32'",
      '| where RemoteUrl matches regex @"kabarawan\\.com"',
    ),
    ['kabarawan.com'],
  ],
  [
    'a Sigma rule that is indented with tabs as well',
    'title: x\nlogsource:\n  category: dns_query\ndetection:\n  selection:\n\tImage|endswith: "\\a.exe"\n\tQueryName|contains:\n  \t- "kabarawan.com"\n  condition: selection\nlevel: high\n',
    ['kabarawan.com'],
  ],
  [
    'a rule in XML of the domain a program connects to',
    '<Detections><Detection><NetworkConnection><RemoteIP Detect="Equals">192.0.2.9</RemoteIP><RemoteDomain Detect="Contains">kabarawan.com</RemoteDomain></NetworkConnection></Detection></Detections>',
    ['kabarawan.com'],
  ],
  [
    'a kill switch, without which the malware goes on',
    lines('Kill switch domains:', 'hxxp://awan-data77[.]com', '', 'C2 domains:', 'kabarawan[.]com'),
    ['kabarawan.com'],
  ],
  [
    'a kill switch that prose tells of, before the name or behind it, in a line or two',
    lines(
      'It first asks a kill switch domain, awan-data71[.]com, and exits when that answers.',
      'Before that it asks hxxps://awan-data72[.]com/x, which acts as a kill switch. The sample has a',
      'kill-switch URL (hxxp://awan-data73[.]com); the domain awan-data74[.]com (a kill switch) is old.',
      'It has no kill switch: kabarawan[.]com is its server, and kabarsatu[.]com. Its kill switch is the day.',
    ),
    ['kabarawan.com', 'kabarsatu.com'],
  ],
  [
    'the websites in a table of victims',
    lines(
      '## Indicators of compromise',
      '| Victim | Website | C2 |',
      '|---|---|---|',
      '| Contoso | awan-data77[.]com | kabarawan[.]com |',
      '| Fabrikam | www.awan-data78[.]net | kabarsatu[.]com |',
    ),
    ['kabarawan.com', 'kabarsatu.com'],
  ],
  [
    'a server of a variant that has no kill switch',
    lines(
      'type,value,comment',
      'domain,kabarawan.com,C2 of the variant without a kill switch',
      'domain,awan-data77.com,kill switch of the first variant',
    ),
    ['kabarawan.com'],
  ],
  [
    'a rule of Sigma of a kill switch',
    'title: Kill Switch Domain\nlogsource:\n  category: dns\ndetection:\n  selection:\n    query: awan-data77.com\n  condition: selection\nlevel: high\n',
    [],
  ],
  [
    'hosts with what is asked of each, as the settings of a beacon have them',
    'C2Server                         - dns2.kabarawan.com,/cx,dns.kabarawan.com,/dot.gif,dns3.kabarawan.com,/j.ad\n',
    ['dns2.kabarawan.com', 'dns.kabarawan.com', 'dns3.kabarawan.com'],
  ],
  [
    'what settings are called',
    lines('C2 servers and modules:', "'litecoin.run': '',", "'pool.run': '$pool',", 'kabarawan.com'),
    ['kabarawan.com'],
  ],
  [
    'where to read more on something',
    lines(
      'C2 gate URLs:',
      'http://kabarawan.com/4/forum.php',
      '',
      'More on its commands:',
      'https://www.berita-harian.net/2018/11/lesson.htm',
    ),
    ['kabarawan.com'],
  ],
  [
    'the hosts file that Windows comes with, which malware writes to',
    lines(
      'C2 hosts',
      '# 102.54.94.97 rhino.acme.com # source server',
      '38.25.63.10 x.acme.com',
      '192.0.2.7 kabarawan.com',
    ),
    ['kabarawan.com'],
  ],
  [
    'scripts among names, and fields of a filter',
    lines(
      'C2 network tools',
      '`pcap-extract-socks4.sh`',
      '`pcap-extract-traffic.sh`',
      'ip.host == 192.0.2.7',
      'kabarawan[.]com',
    ),
    ['kabarawan.com'],
  ],
  [
    'a list of files, some of kinds that nobody knows',
    lines(...Array.from({ length: 30 }, (_, index) => `program${index}.exe`), 'kvxp.kxp', 'ntuser.dat.log1'),
    [],
  ],
  [
    'what a program is told to block, beside its other settings, is no list of somebody',
    '{"details":{"token":"x1","dnsServer":"192.0.2.5","blockList":["berita-harian.net","toko-buku.com"]},"c2":["kabarawan.com"]}',
    ['kabarawan.com'],
  ],
  ['a list of names to block', '{"blockList":["kabarawan.com"]}', ['kabarawan.com']],
  [
    'how an implant asks its own server',
    '{"hosts":["kabarawan.com"],"method":"GET","delay":30,"family":"x"}',
    ['kabarawan.com'],
  ],
  [
    'queries of XQL below what their article says of them',
    lines(
      'Queries',
      'For the article: A phishing campaign',
      '',
      '###',
      'Phishing indicators',
      '// asked of by name',
      '',
      'dataset = xdr_data ',
      '| filter dns_query_name in ("kabarawan.com","www.awan-data77.com",',
      '"unduhan-rapat.com")',
      '| fields _time, dns_query_name',
    ),
    ['kabarawan.com', 'www.awan-data77.com', 'unduhan-rapat.com'],
  ],
  [
    'what a rule in XML leaves out',
    '<Search><Condition><Object>domain</Object><Comparer>unlike</Comparer><Value>"*.berita-harian.net"</Value></Condition><Condition><Object>domain</Object><Comparer>like</Comparer><Value>kabarawan.com</Value></Condition></Search>',
    ['kabarawan.com'],
  ],
  [
    'words that an odd dot parts, where a script puts no spaces between them',
    lines(
      '> **kabarawan[.]com — Windows·Android 표적**',
      '캠페인이 Rust·AI·터널링으로 정교해졌다. Zoho WorkDrive·pCloud·Yandex 호출, iOS・Android 제로데이',
      '可能允许威胁行为者获得 RCE。Google 于 8 月 21 日发布了修复程序。',
      '访问 berita·harian·net 与 dailynews-berita。com',
    ),
    ['kabarawan.com', 'berita.harian.net', 'dailynews-berita.com'],
  ],
  [
    'what a page calls its links by, and where a cited article stands',
    lines(
      '# Notes',
      '- **A maker of scanners (2026.06.16):** "Hidden in meetings: who hides there"',
      '  - URL: https://www.bengkel-baja.com/research/hidden-in-meetings',
      '- C2 of the loader:',
      '  - URL: https://kabarawan.com/gate-of-the-loader',
      '',
      '[Next-url]: https://toko-buku.org/',
    ),
    ['kabarawan.com'],
  ],
  [
    'names in backticks behind a label, though words follow them',
    lines(
      '# IOC',
      '- 탈취 채널 / C2: `kabarawan[.]com` (타이포스쿼트), `berita-harian.net`, `awan-toko.xyz` 호스팅 `setup.pyz` 드로퍼.',
      '- C2：`satu-awan[.]com`（偽装）、`dua-awan.net` を使用。',
      '- 窃取チャネル / C2：`lima-awan[.]com`（偽装）、`enam-awan.net` を使用。',
      '- Files: `tiga-awan.net`, `empat-awan.net` were not seen.',
    ),
    [
      'kabarawan.com',
      'berita-harian.net',
      'awan-toko.xyz',
      'satu-awan.com',
      'dua-awan.net',
      'lima-awan.com',
      'enam-awan.net',
    ],
  ],
  [
    'a label whose colon is of full width',
    lines(
      '样本分析',
      '',
      '- 恶意域名：kabarawan.com',
      '- C2：berita-harian.net',
      '- 参考链接：https://www.bengkel-baja.com/a',
    ),
    ['kabarawan.com', 'berita-harian.net'],
  ],
  [
    'whom it asks whether it is online, of whom it steals, who hosts it',
    lines(
      'This version includes only a connectivity check to bengkel-baja[.]com.',
      'It steals session cookies for “toko-buku[.]com” and sends them to kabarawan[.]com.',
      'If toko-buku[.]com is visited, a proxy is set.',
      '- **Domains Hosted:** ~794 (examples: pasar[.]ar, kota.tur[.]ar, warung[.]ar)',
      '',
      '| Field | Value |',
      '| --- | --- |',
      '| Provider | kecil-hosting.uz (a small one) |',
      '',
      '## Domains of the address',
      '| Domain | Period | Assessment |',
      '| --- | --- | --- |',
      '| awan-cider.ca | 2023 | a maker of cider — legitimate prior tenant |',
      '| berita-harian.net | 2024 | C2 |',
    ),
    ['kabarawan.com', 'berita-harian.net'],
  ],
  [
    'a kill switch, wherever else its report lists it',
    lines(
      '# The dropper',
      'It first asks the kill switch domain kabarawan[.]com and ends where it answers.',
      '',
      'Domains:',
      'kabarawan[.]com',
      'berita-harian[.]net',
    ),
    ['berita-harian.net'],
  ],
  [
    'a legitimate site that prose speaks of twice; what a list has is the attackers',
    lines(
      'It mimics bengkel-baja[.]com. Who opens bengkel-baja[.]com sees the same page.',
      'It mimics the page of awan-toko[.]com.',
      '',
      'Indicators:',
      'awan-toko[.]com',
      'kabarawan[.]com',
    ),
    ['awan-toko.com', 'kabarawan.com'],
  ],
  [
    'commands of an implant, numbered or in a table; what a victim values; files of Java; what is kept back',
    lines(
      'C2 commands:',
      '7.Cat <path> shows a file',
      '9.Ls lists files',
      '',
      '| Command | Meaning |',
      '| --- | --- |',
      '| reconnect.next | the same again |',
      '',
      '**Gaming activity value**',
      '| main-satu.com | main-dua.com |',
      '',
      'Servers:',
      'kabarawan[.]com',
      'TypeUtil.java',
      'hxxp://www.xxxxxxxx.ru/update.jsp',
    ),
    ['kabarawan.com'],
  ],
  [
    'a URL behind another that a page ran together with it, not where a query leads',
    lines(
      'Payloads: hxxps://kabarawan[.]com/logs/D6/http://berita-harian[.]net/a/https://satu.awan-toko[.]xyz/-/B',
      'hxxps://dua-awan[.]com/login?to=https://bengkel-baja[.]com/',
      'Source URL: tiga-awan[.]com/t/quotation.zip',
    ),
    ['kabarawan.com', 'berita-harian.net', 'satu.awan-toko.xyz', 'dua-awan.com', 'tiga-awan.com'],
  ],
  [
    'a heading of indicators below a list of references',
    lines(
      '**References**',
      '[1] <https://blogs.bengkel-baja.com/2019/10/04/recent-attacks>',
      '[2] <https://blogs.bengkel-baja.com/2019/03/27/new-steps>',
      '**Indicators of Compromise**',
      '| **IOC** | **IOC Type** | **Description** |',
      '| kabarawan[.]com',
      '  | Domain | |',
    ),
    ['kabarawan.com'],
  ],
  [
    'columns of hosts by what is done there, and rows that tell of the table',
    lines(
      'id,version,beacon_hosts',
      '1,0.0.2,"satu.kabarawan.com, dua.kabarawan.com"',
      '2,0.0.1,tiga.kabarawan.com',
    ),
    ['satu.kabarawan.com', 'dua.kabarawan.com', 'tiga.kabarawan.com'],
  ],
  [
    'a link that begins with a dot, a rented machine by its address',
    lines(
      'protected with a free version of [.net reactor](https://www.bengkel-baja.com/) of old',
      'Servers:',
      '192.0.2.7.vultr[.]com',
      'kabar [.com',
    ),
    ['192.0.2.7.vultr.com', 'kabar.com'],
  ],
];

t.test('what is said of names beside them decides', async (t) => {
  for (const [what, text, names] of CASES) t.same(await imported(text), names, what);
});

t.test('a long line of names is read to its end, with what is said of it at its beginning', async (t) => {
  const all = Array.from({ length: 300 }, (_, index) => `kabar-awan-${index}.top`);
  t.same(await imported(`C2 domains: ${numbered(300, ', ')}\n`), all, 'behind a label');
  t.same(await imported(`## C2 domains\n\n${numbered(300, ' ')}\n`), all, 'below a heading');
  t.same(
    await imported(`"skipped": "${numbered(300, ';')}"\n`),
    [],
    'behind a label that says something else',
  );
  t.same(
    await imported(
      `## C2 domains\n\nThey were used in ${'many of these waves and '.repeat(60)}${numbered(100, ' ')}\n`,
    ),
    [],
    'in prose',
  );
});

t.test('among many names one that may be a file is a name', async (t) => {
  const names = Array.from({ length: 40 }, (_, index) => `kabar-awan-${index}.top`);
  t.ok((await imported(lines(...names, 'main.cc'))).includes('main.cc'));
  t.notOk(
    (await imported(lines('setup.sh', 'install.sh', 'loader.sh', 'run.sh', 'main.cc'))).includes('main.cc'),
  );
});

t.test("what everybody shares is not taken, a rented machine's own name is", async (t) => {
  const text = lines(
    'type,value',
    ...[
      '0.tcp.ngrok.io',
      '4.tcp.eu.ngrok.io',
      'sos-de-muc-1.exo.io',
      '9a8b7c.ngrok.io',
      'bucket7.sos-de-muc-1.exo.io',
    ].map((name) => `domain,${name}`),
    ...[
      'vps630165.ovh.net',
      'mail.ovh.net',
      '504e1c95.host.njalla.net',
      'host-192-0-2-9.njalla.net',
      'njalla.net',
    ].map((name) => `domain,${name}`),
  );
  t.same(await imported(text), [
    '9a8b7c.ngrok.io',
    'bucket7.sos-de-muc-1.exo.io',
    'vps630165.ovh.net',
    '504e1c95.host.njalla.net',
    'host-192-0-2-9.njalla.net',
  ]);
});

t.test('a program, a picture or a document of an old Office is refused, not read as noise', async (t) => {
  const program = Buffer.concat([
    Buffer.from('MZ'),
    Buffer.alloc(400),
    Buffer.from('kabarawan[.]com'),
    Buffer.alloc(400),
  ]);
  for (const bytes of [
    program,
    Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.from(' kabarawan[.]com ')]),
  ])
    await t.rejects(imported(bytes), ReportError);
  t.same(await imported(Buffer.from('\ufeffC2: kabarawan.com\r\n', 'utf16le')), ['kabarawan.com'], 'UTF-16');
  t.same(await imported('C2: kabarawan.com\r\n\u001a'), ['kabarawan.com'], 'the end of a file of DOS');
});

t.test('an address that is not wanted is none of those told', async (t) => {
  const told = async (text: string, sourceName: string): Promise<unknown> => {
    const leaveOut = ['192.0.2[.]7', '198.51.100.0/24'];
    const { taken, addresses, leftOut } = await importSource({
      bytes: Buffer.from(text),
      sourceName,
      now: NOW,
      options: { leaveOut },
    });
    return [
      taken.map(({ name }) => name),
      addresses.map(({ address }) => address),
      leftOut.flatMap(({ text, reason }) => (reason === 'excluded' ? [text] : [])),
    ];
  };
  const wanted = [['kabarawan.com'], ['192.0.2.9'], ['192.0.2.7']];
  t.same(await told('C2:\nkabarawan[.]com\n192.0.2.7\n192.0.2.9\n', 'notes.txt'), wanted, 'in notes');
  t.same(
    await told('type,value\nip,192.0.2.7\nip,192.0.2.9\ndomain,kabarawan.com\n', 'a.csv'),
    wanted,
    'in a table',
  );
});

t.test("a labelled list that is too long for one piece, with a table's bar behind it", async (t) => {
  const names = await imported(lines('# Notes', '', `C2: ${numbered(80, ', ')} | seen | kabarawan[.]com`));
  t.equal(names.length, 81);
});
