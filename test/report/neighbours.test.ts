// What stands beside indicators in reports that people write, and is none: the reports cited, the owners of what is imitated, the
// paperwork, files, dumps and code. By import; each in the manner of the real thing.
import t from 'tap';
import { lines, namesInFile } from '../support/lists-report.ts';

const CASES: readonly (readonly [what: string, text: string, names: readonly string[]])[] = [
  [
    'a numbered list of sources, with a title and a labelled link each',
    lines(
      'C2: kabarawan[.]com',
      '____________',
      '12. Sources',
      'CVE-2025-0001 – Path traversal in an archiver.',
      'URL: https://penulis-laporan.com/cve/CVE-2025-0001',
      'Majalah – An advisory of the library.',
      'URL: https://pustaka-arsip.org/faq/a0245.htm',
      'URL: https://catatan-riset.io/posts/detect-it',
    ),
    ['kabarawan.com'],
  ],
  [
    'a labelled name below references that is marked is no link',
    lines('References', '', 'Domain: kabarawan[.]com'),
    ['kabarawan.com'],
  ],
  [
    'a type below "Legitimate sites" says what it is, and not whose',
    lines('Legitimate sites:', '', 'Domain: toko-buku[.]com', '', '| URL | https://bengkel-baja.com/a |'),
    [],
  ],
  [
    'a table of dates, groups and reports',
    lines(
      '| Date Published | Extortionist | Report |',
      '|---|---|---|',
      ...Array.from(
        { length: 8 },
        (_, i) => `| ${i + 1} March 2025 | Kabut | https://www.penulis-${i}.com/blog/kabut-ransomware | `,
      ),
    ),
    [],
  ],
  [
    'products of vendors, one of them called a server, with where that is said',
    lines(
      "Arsip,Arsip Server,5.1.3,Not vuln,Fix,Fix,Fix,,\"{'source': 'https://arsip-cap.com/blog-posts/it'}\"",
      "Sepeda,Sepeda Log Server,Unknown,,Not vuln,,,,{'source': 'https://www.sepeda.org/news/update'}",
      "Audio,,,,,{'Audio Link': 'https://services.audio-kode.com/app/a_id/2225'},,,",
      'and some prose that follows the rows of this table of products and says nothing more of any of them',
    ),
    [],
  ],
  [
    'octets and what they are as letters',
    lines(
      '0000000000:\t4d5a90000300000004000000\tMZ..........',
      '0000000001:\t2e64617461000000b8000000\t.data.......',
      ...Array.from(
        { length: 12 },
        (_, i) => `${String(i).padStart(10, '0')}:\t0200904${i % 10}8d4c2470e8476e00\t...H.L$p.Gn.`,
      ),
      '00000010: 4d5a 9000 0300 0000 0400 0000 ffff 0000  MZ.a.hl.mx......',
      '00000020  4d 5a 90 00 03 00 00 00 04 00 00 00 ff ff 00 00  |MZ..8.ph........|',
    ),
    [],
  ],
  [
    'files that C2 servers sent, with their sizes',
    lines(
      'Payloads downloaded from the C2 servers:',
      '',
      '   - `modul-memori.zip` (67 746 bytes) — a valid archive',
      '   - `jendela.zip` (1.4 MB)',
      '   - `kabar-awan.zip`',
    ),
    ['kabar-awan.zip'],
  ],
  [
    'links at the head of a page are where it stands itself',
    lines(
      '---',
      'title: Notes',
      'room_url: https://ruang-latihan.com/room/a',
      'c2: kabarawan[.]com',
      '---',
      '',
      'room_url: https://berita-harian.net/a',
    ),
    ['kabarawan.com', 'berita-harian.net'],
  ],
  [
    'whose domain is imitated, who owns it, and what is sold there',
    lines(
      'One address, `penulls[.]com`, appears similar to a legitimate Jamaican company domain, `penulis[.]com`, which sells books.',
      '',
      'One is mimicking a legitimate medical equipment manufacturer (`alat-medis[.]com`) and the other (`alat-medls[.]com`) is the',
      "adversary's. It is listed at https://www.penulis[.]com/projects/.",
      '',
      'The host (`kabarawan[.]com`) is on an address owned by Sewaserver[.]com, a dedicated server hosting company based in Canada.',
      '',
      'They posed as a university (`kampus-palsu[.]org`). It is hosted on berita-harian[.]net, a bulletproof hosting provider.',
    ),
    ['penulls.com', 'alat-medls.com', 'kabarawan.com', 'kampus-palsu.org', 'berita-harian.net'],
  ],
  [
    'a login that a stealer sent away is its victim’s, not a server',
    lines(
      '| Application: Peramban | AURL=https[://]login.toko-buku[.]com/ Username:a Password:b |',
      'C2: kabarawan[.]com Username: u Password: p',
    ),
    ['kabarawan.com'],
  ],
  [
    'paperwork of a registration, and names of a reverse lookup',
    lines(
      'Domain Name: KABARAWAN.COM',
      'Registrar WHOIS Server: whois.pendaftar.com',
      'Registrar URL: http://www.pendaftar.cn',
      'Referral URL: http://pendaftar-lain.com',
      'Reverse DNS: h2245961.peladen.net',
    ),
    ['kabarawan.com'],
  ],
  [
    'the domain of an account is a directory, not a site',
    lines('Account Name: user', 'Account Domain: LAB.KANTORKAMI.ORG', 'Domain: kabarawan.com'),
    ['kabarawan.com'],
  ],
  [
    'fields of a packet analyser in a table of protocols',
    lines(
      '| Protocol | Hosts | Value |',
      '|---|---|---|',
      '| NBNS | nbns.name | a |',
      '| DNS | dns.qry.name | b |',
    ),
    [],
  ],
  [
    'an item in brackets, a platform, and a script that a link names',
    lines(
      'C2 servers of (a) computer hardware (b) servers (c) premises (d) data centres (e) areas.',
      '',
      '3 layers of protection [.NET].',
      '',
      '## Installing it on host',
      '',
      '[pasang2.sh](https://raw.gudang-kode.com/alat/main/pasang2.sh)',
    ),
    [],
  ],
  [
    'whom a look-alike is taken for',
    lines(
      '| Indicator | Description |',
      '|---|---|',
      '| berlta[.]net | look-alike of berita-asli[.]net |',
      '',
      'The domain kabarawan[.]com is a typosquat of kabar-awan[.]org, and `bankasll[.]com` looks like the real domain `bankasli[.]com`.',
    ),
    ['berlta.net', 'kabarawan.com', 'bankasll.com'],
  ],
  [
    'a property of two cells that is called its website',
    lines(
      '| Property | Value |',
      '| --- | --- |',
      '| C2 | kabarawan.com |',
      '| Website | penulis-laporan.com |',
    ),
    ['kabarawan.com'],
  ],
  [
    'how text is set, in reStructuredText and in TeX, ends no list',
    lines(
      'Domains',
      '-------',
      '',
      '.. code-block:: text',
      '',
      '   kabarawan.com',
      '',
      '\\begin{tabular}{l|l}',
      'Domain & Purpose \\\\ \\hline',
      'awan-data77.com & C2 \\\\',
    ),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'what traffic goes to, in a sentence, and nothing else of it',
    lines(
      'Look for network traffic going to the domains kabarawan.top, `awan-data77.com`, and berita-harian.net from toko-buku.com.',
      'Traffic was sent to our partner, and gudang-kode.com was told. Network traffic going to api.telegram.org is usual.',
    ),
    ['kabarawan.top', 'awan-data77.com', 'berita-harian.net'],
  ],
  [
    'the real site beside a false one, in sentences',
    lines(
      'The fake page at kabarawan[.]com then redirects to the legitimate bank-asli[.]com so that nobody notices.',
      'After the theft the user is sent to the real portal, portal-asli[.]org, as ever.',
      'The dropper fetches a signed copy of a tool from unduh-alat[.]com, the vendor’s own site.',
      'It checks the connection by pinging situs-besar[.]net before it asks awan-data77[.]com.',
      'The domain berlta[.]net (legitimate: berita-asli[.]net) was registered in May.',
      'The attackers cloned the site of toko-resmi[.]com and put it on toko-resml[.]com.',
      'The mails came from the compromised account of klinik-sehat[.]org.',
      '',
      'Impersonated brands: Bank B (bank-b[.]com), Bank C (bank-c[.]com)',
      '',
      'They compromised the legitimate kabar-dua[.]com, and the real C2 server is kabar-tiga[.]top.',
    ),
    ['kabarawan.com', 'awan-data77.com', 'berlta.net', 'toko-resml.com', 'kabar-dua.com', 'kabar-tiga.top'],
  ],
  [
    'tables of look-alikes, and whom each is taken for',
    lines(
      '| Typosquat | Target |',
      '|---|---|',
      '| kabarr[.]com | kabar-asli[.]com |',
      '',
      '| Brand | Official site | Phishing URL |',
      '|---|---|---|',
      '| Bank A | bank-a[.]com | hxxps://bank-a-login[.]top/x |',
      '',
      '| Domain | Target |',
      '|---|---|',
      '| kabar-dua[.]com | Bank A |',
    ),
    ['kabarr.com', 'bank-a-login.top', 'kabar-dua.com'],
  ],
  [
    'a member of an object that a script sets',
    lines('C2 domains:', '"  el.style.top = 0;\\n",', '"  kabarawan.top",'),
    ['kabarawan.top'],
  ],
  [
    'addresses of settings in YAML: of the servers that a tool asks, of its manual',
    lines(
      '# What the collector asks.',
      'name: collector',
      'server:',
      '  host: penulis-laporan.com',
      '  url: https://api.pustaka-arsip.org/v1',
      'feeds:',
      '  - name: daily',
      '    url: https://catatan-riset.io/feed.txt',
    ),
    [],
  ],
  [
    'the add-on that a detection in YAML wants, beside a name that is marked',
    lines(
      'name: Odd DNS Query',
      'search: from datamodel',
      'wants:',
      '- name: An add-on',
      '  url: https://toko-perkakas.com/app/742',
      'tags:',
      '  link: hxxps://kabarawan[.]com/x',
    ),
    ['kabarawan.com'],
  ],
  [
    'YAML that speaks of indicators is a record of them',
    lines(
      'title: Odd DNS Query',
      'malware: RustLoader',
      'seen:',
      '- url: https://kabarawan.com/a',
      '  host: kabarr.com',
    ),
    ['kabarawan.com', 'kabarr.com'],
  ],
  [
    'a list of records in YAML',
    lines('- url: https://kabarawan.com/a', '  day: 2026-01-02'),
    ['kabarawan.com'],
  ],
  [
    'a rule that tries the sensor',
    lines(
      'alert dns any any -> any any (msg:"TEST DNS query"; dns.query; content:"toko-buku.com"; sid:1;)',
      'alert dns any any -> any any (msg:"X MALWARE Connectivity Test to Panel"; dns.query; content:"kabarawan.com"; sid:2;)',
    ),
    ['kabarawan.com'],
  ],
  [
    'free mail providers',
    lines('# Free email providers', 'surat-kita.com', '# Phishing domains', 'kabarawan.com'),
    ['kabarawan.com'],
  ],
  [
    'a sentence that speaks of free mail providers',
    lines('# Free email providers were used to register these domains:', 'kabarawan.com'),
    ['kabarawan.com'],
  ],
];

for (const [what, text, names] of CASES)
  t.test(what, async (t) => {
    t.strictSame(await namesInFile(text, 'report.md'), names);
  });
