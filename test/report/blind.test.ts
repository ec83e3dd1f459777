// Kinds that files of publishers whom nobody had read showed, labelled before they were imported: records in YAML, keys of places, rules over
// several lines, whom a tool attacks, tenants of great hosters. Each in a text of our own.
import t from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import { lines, NOW } from '../support/lists-report.ts';

interface Case {
  readonly what: string;
  readonly text: string;
  readonly file?: string;
  readonly taken: readonly string[];
  /** `name reason` */
  readonly left?: readonly string[];
}

const CASES: readonly Case[] = [
  {
    what: 'a list of records in YAML that says what they are',
    file: 'urls.yaml',
    text: lines(
      '---',
      '- name: dompet-lentera.com',
      '  url: http://dompet-lentera.com',
      '  category: Phishing',
      '  description: asks for the seed at //lain-lagi.top:1888/x',
      '- name: koin-lentera.info',
      "  url: 'https://www.koin-lentera.info/masuk'",
      '  category: Scamming',
      '  addresses:',
      '    ETH:',
      '    - "0xd0cc2b24980cbcca47ef755da88b220a82291407"',
    ),
    taken: ['dompet-lentera.com', 'www.koin-lentera.info'],
  },
  {
    what: 'lists below the records, of which packages of programs are no names',
    file: 'ioc.yaml',
    text: lines(
      '- name: MataGelap',
      '  type: malware',
      '  packages:',
      '  - com.mata.app',
      '  certificates:',
      '  - 31a6ececd97cf39bc4126b8745cd94a7c30bf81c',
      '  websites:',
      '  - mata-gelap.com',
      '  c2:',
      '    ips:',
      '    - 192.0.2.7',
      '    domains:',
      '    - api.mata-gelap.top',
    ),
    taken: ['mata-gelap.com', 'api.mata-gelap.top'],
  },
  {
    what: 'keys of places that attackers use, in a document of attacks',
    file: 'iocs.json',
    text: JSON.stringify({
      malware: { family: 'Lentera', report: 'https://lentera-blog.com/post' },
      network: {
        delivery_domain: 'macos.lentera-hive.net',
        lure_website: 'https://lentera-hive.net',
        payload_url: 'https://cdn.lentera-muat.top/x',
        victim_domain: 'kantor-kita.com',
        email: 'halo@lentera-surat.net',
      },
    }),
    taken: ['macos.lentera-hive.net', 'lentera-hive.net', 'cdn.lentera-muat.top'],
  },
  {
    what: 'the same keys in the settings of a program',
    file: 'config.json',
    text: JSON.stringify({
      site: { delivery_domain: 'cdn.kantor-kita.com', landing_url: 'https://kantor-kita.com/a' },
    }),
    taken: [],
  },
  {
    what: 'rules of Suricata over several lines',
    file: 'local.rules',
    text: lines(
      'alert tls any any -> any any (',
      '  msg: "TLS to a false domain";',
      '  tls.sni; content: "satu-lentera.top"; nocase;',
      '  sid: 1000001; rev: 1;',
      ')',
      '# alert dns any any -> any any (',
      '#   msg: "off"; dns.query; content:"mati-lentera.top"; sid:1000002;)',
      'alert http any any -> any any (msg:"POST"; http.host; content:"dua-lentera.top"; sid:1000003; rev:1;)',
    ),
    taken: ['satu-lentera.top', 'dua-lentera.top'],
  },
  ...['medium', 'high'].map((severity) => ({
    what: `a rule in TOML of severity ${severity}`,
    file: 'rule.toml',
    text: lines(
      '[rule]',
      'author = ["Lentera"]',
      'name = "First DNS query to a remote access domain"',
      `severity = "${severity}"`,
      'note = """## Triage',
      '### Investigating DNS queries to these domains',
      'Look at the process. """',
      "query = '''",
      'from logs-* | where dns.question.name in (',
      '    "jauh-akses.com",',
      '    "layar-jauh.net"',
      ')',
      "'''",
    ),
    taken: severity === 'high' ? ['jauh-akses.com', 'layar-jauh.net'] : [],
    ...(severity === 'high' ? {} : { left: ['jauh-akses.com unsure', 'layar-jauh.net unsure'] }),
  })),
  {
    what: 'a Sigma rule of a low level that calls a name the attackers’',
    file: 'rule.yml',
    text: lines(
      ...['lentera-kirim.net delivery domain', 'lokasi-ip.net abuse for geolocation'].flatMap(
        (about, index) => [
          ...(index > 0 ? ['---'] : []),
          `title: DNS query for ${about}`,
          'logsource: { category: dns_query }',
          'detection:',
          `  selection: { QueryName|contains: '${about.split(' ')[0]}' }`,
          '  condition: selection',
          'level: medium',
        ],
      ),
    ),
    taken: ['lentera-kirim.net'],
    left: ['lokasi-ip.net unsure'],
  },
  {
    what: 'whom others pretend to be, and the domains of those who do',
    text: lines(
      '## Impersonated companies and related fake domains (from leaked links)',
      '',
      '- rapat-lentera.com - Lentera Capital',
      '',
      '## Impersonated companies',
      '',
      '- lentera-capital[.]com',
    ),
    taken: ['rapat-lentera.com'],
    left: ['lentera-capital.com benign'],
  },
  {
    what: 'a numbered heading of claimed victims, and a sentence that leads to them',
    text: lines(
      '# Report',
      '## 3. CLAIMED VICTIMS (CHRONOLOGY)',
      '',
      '| Date | Victim | Domain | Type |',
      '|---|---|---|---|',
      '| 01/02/2026 | Kantor Kita | kantor-kita.com | Defacement |',
      '',
      '## Activity',
      'The group claims many attacks. The following table compiles confirmed victims:',
      '',
      '| Name | Domain | Type |',
      '|---|---|---|',
      '| Sekolah | sekolah-kita.com | Defacement |',
      '',
      '## 4. C2 domains',
      '- lentera-panel.top',
    ),
    taken: ['lentera-panel.top'],
    left: ['kantor-kita.com benign', 'sekolah-kita.com benign'],
  },
  {
    what: 'a list whose comments say whom the tool attacks, and where it sends to',
    file: 'domains.txt',
    text: lines(
      '# === Target platforms (attacks run against these) ===',
      'bayar-kita.com',
      '*.bayar-kita.com',
      '',
      '# === Captcha bypass target ===',
      'bukan-robot.com',
      '',
      '# === C2 / exfiltration ===',
      'lentera-tampung.top',
    ),
    taken: ['lentera-tampung.top'],
    left: ['bukan-robot.com benign'],
  },
  {
    what: "whom a tool's list attacks",
    text: lines(
      "Target-domain list from the tool's PAC script:",
      '```',
      '   bayar-kita.com, *.bayar-kita.com',
      '```',
      '',
      'C2 domains:',
      '- lentera-tampung.top',
    ),
    taken: ['lentera-tampung.top'],
    left: ['bayar-kita.com benign'],
  },
  {
    what: 'where malware asks in which country it is',
    text: lines(
      '## NETWORK — victim geolocation (benign API abused by malware)',
      'url:https://tempat-ip.com/api/json',
      '## NETWORK — C2',
      'domain:lentera-awan.link',
    ),
    taken: ['lentera-awan.link'],
    left: ['tempat-ip.com benign'],
  },
  {
    what: 'tenants of great hosters, and what everybody shares',
    file: 'x.csv',
    text: lines(
      'type,value',
      'domain,lentera.squarespace.com',
      'domain,lentera.blogspot.de',
      'domain,lentera.blogspot.com.au',
      'domain,lentera.users.sourceforge.net',
      'domain,blogspot.de',
      'domain,www.blogspot.com.au',
      'domain,squarespace.com',
      'domain,c.pki.goog',
      'url,https://keybase.io/lentera',
      'domain,blog.google',
      'domain,lentera.lambda-url.us-east-1.on.aws',
    ),
    taken: [
      'lentera.squarespace.com',
      'lentera.blogspot.de',
      'lentera.blogspot.com.au',
      'lentera.users.sourceforge.net',
      'lentera.lambda-url.us-east-1.on.aws',
    ],
  },
  {
    what: 'a table of commas between fences',
    file: 'README.md',
    text: lines(
      '# Indicators',
      '',
      '```csv',
      'Type,Value,Description',
      'Domain,lentera-palsu.org,Phishing',
      '```',
    ),
    taken: ['lentera-palsu.org'],
  },
  {
    what: "a sinkhole's own name, and the names that were moved to it",
    text: lines(
      'Sinkhole:',
      '- lubang.pembela-kita.org',
      '',
      '## Sinkhole name servers',
      '- ns1.lubang-kita.org',
      '',
      '## Sinkholed domains',
      '- lentera-lama.top',
      '',
      '## Sinkhole domains',
      '- lentera-pindah.top',
    ),
    taken: ['lentera-lama.top', 'lentera-pindah.top'],
    left: ['lubang.pembela-kita.org beside', 'ns1.lubang-kita.org beside'],
  },
  ...['disposable_email_blocklist.conf', 'temp-mail-domains.txt', 'free_mail.txt'].map((file) => ({
    what: `a list of mail providers by its file's name, ${file}`,
    file,
    text: lines('surat-sebentar.com', 'kotak-sekejap.net', 'surat-lalu.org'),
    taken: [],
    left: ['surat-sebentar.com benign'],
  })),
  {
    what: 'what a service that looks addresses up answers, in a text',
    text: lines(
      'The server answers at 192.0.2.7:',
      '```json',
      '{',
      '  "ip": "192.0.2.7",',
      '  "hostname": "vps1.hoster-kita.com",',
      '  "org": "AS64500 Hoster Kita"',
      '}',
      '```',
      '{ "beacon": {',
      '  "hostname": "lentera-suar.top"',
      '} }',
    ),
    taken: ['lentera-suar.top'],
    left: ['vps1.hoster-kita.com beside'],
  },
  {
    what: 'host names that spell the address beside them',
    file: 'seen.csv',
    text: lines(
      'ip,hostname,country',
      '192.0.2.7,static-192-0-2-7.hoster-kita.com,ID',
      '192.0.2.8,8.2.0.192.in.hoster-kita.com,ID',
      '192.0.2.9,c2.lentera-awan.top,ID',
      '192.0.2.10,lentera-192.hoster-kita.com,ID',
    ),
    taken: ['c2.lentera-awan.top', 'lentera-192.hoster-kita.com'],
    left: ['static-192-0-2-7.hoster-kita.com observable', '8.2.0.192.in.hoster-kita.com observable'],
  },
  {
    what: 'sources of a collector of feeds, in YAML',
    file: 'sources.yml',
    text: lines(
      'window_hours: 48',
      'apis:',
      '  # --- Phishing feeds ---',
      '  - name: umpan_feed',
      '    kind: csv',
      '    parse: umpan',
      '    url: https://umpan-ikan.com/feed.txt',
      '    reference: https://umpan-ikan.com/',
    ),
    taken: [],
    left: ['umpan-ikan.com reference'],
  },
  {
    what: 'a wildcard between hyphens, and the top-level domain of one company',
    text: lines(
      '- Block `node-*-relay.layar-jauh[.]com` and `awan-palsu[.]top`.',
      '- The post is at hxxps://blog[.]google/threats, a page at hxxps://lentera-com[.]translate[.]goog/x.',
    ),
    taken: ['awan-palsu.top', 'lentera-com.translate.goog'],
    left: ['relay.layar-jauh.com unsure', 'blog.google shared-host'],
  },
  {
    what: 'a column of verdicts',
    file: 'analysis.md',
    text: lines(
      '## Network endpoints reached by the JAR',
      '',
      '| URL | Purpose | Verdict |',
      '|---|---|---|',
      '| `https://lentera-toko.store/` | Exfil | **MALICIOUS** |',
      '| `https://api.main-kita.net/v1` | Statistics | API of the game; asked with a leaked key |',
    ),
    taken: ['lentera-toko.store'],
    left: ['api.main-kita.net plain'],
  },
  {
    what: 'where to read more about DNS, and a field that a program hands on',
    text: lines(
      '# More about DNS over HTTPS',
      ' - A tool - https://www.alat-kita.com/software/dnstt',
      '# C2 domains',
      '- lentera-panel.top',
      '```',
      '  escapeJson(stats.money), escapeJson(stats.kills)',
      '```',
    ),
    taken: ['lentera-panel.top'],
  },
  ...[
    '## C2 domains and geolocation',
    '## More about the malicious domains',
    'The following links were sent to the victims:',
    'They were sent to the victims:',
    'Pages that impersonate the targeted companies:',
  ].map((above) => ({
    what: `attackers below what speaks of others, too: ${above}`,
    text: lines('# Report', 'Some text.', '', '## Indicators', '', above, '', '- lentera-umpan[.]top'),
    taken: ['lentera-umpan.top'],
  })),
  {
    what: 'verdicts that name the malware',
    text: lines(
      ...['## Network', '', '| Domain | Verdict |', '|---|---|'],
      ...['| lentera-satu.top | Malicious |', '| lentera-dua.top | Cobalt Strike |'],
      ...['| lentera-tiga.top | Trojan |', '| lentera-empat.top | stealer panel of the group |'],
    ),
    taken: ['lentera-satu.top', 'lentera-dua.top', 'lentera-tiga.top', 'lentera-empat.top'],
  },
  {
    what: 'the settings of an implant, which say how often it asks',
    file: 'config.yml',
    text: lines(
      '# C2 configuration of the stealer',
      'beacon:',
      '  interval: 60',
      '  server: lentera-suar.top',
    ),
    taken: ['lentera-suar.top'],
  },
  {
    what: 'lines of Suricata with a bracket that is open at their end, and rules that follow',
    file: 'local.rules',
    text: lines(
      '# Log in to the portal (it is free of charge).',
      'alert dns any any -> any any (msg:"1"; dns.query; content:"lentera-satu.top"; sid:1;)',
      'pass dns any any -> any any (msg:"2"; dns.query; content:"kantor-kita.com"; sid:2;) # ours',
      'alert dns any any -> any any (msg:"3"; dns.query; content:"lentera-\\',
      'dua.top"; sid:3;)',
      'alert dns any any -> any any ( \\',
      ...Array.from({ length: 80 }, (_, index) => `  metadata:a ${index}; \\`),
      '  msg:"4"; dns.query; content:"lentera-tiga.top"; sid:4;)',
    ),
    taken: ['lentera-satu.top', 'lentera-dua.top', 'lentera-tiga.top'],
  },
  {
    what: 'a report whose name says by which providers attackers write',
    file: 'phishing-via-disposable-email-addresses.md',
    text: lines('# C2 domains', '- lentera-panel.top'),
    taken: ['lentera-panel.top'],
  },
  ...[
    ['ioc.yaml', '- ioc: phishing'],
    ['rule.yml', 'title: a\ndetection:\n  condition: a'],
  ].map(([file = '', head = '']) => ({
    what: `keys that are collections with keys that are, in ${file}`,
    file,
    text: lines(
      head,
      ...Array.from({ length: 60 }, (_, at) => `  k${at}: ${'[{'.repeat(200)}${'}]'.repeat(200)}`),
    ),
    taken: [],
  })),
];

t.test('a fenced table far down is found, by its line', async (t) => {
  const text = `${'kata-kata\n'.repeat(70_000)}\`\`\`csv\ntype,value\ndomain,lentera-palsu.org\n\`\`\`\n`;
  const { taken } = await importSource({ bytes: Buffer.from(text), sourceName: 'report.md', now: NOW });
  t.same(
    taken.map(({ name, line }) => [name, line]),
    [['lentera-palsu.org', 70_003]],
  );
});

for (const { what, text, file = 'report.md', taken, left = [] } of CASES)
  t.test(what, async (t) => {
    const result = await importSource({ bytes: Buffer.from(text), sourceName: file, now: NOW });
    t.same(
      result.taken.map(({ name }) => name),
      taken,
    );
    const told = result.leftOut.map(({ name, text, reason }) => `${name ?? text} ${reason}`);
    for (const each of left) t.ok(told.includes(each), `${each} among ${told.join(', ')}`);
  });
