// Whose a name is, by what stands beside it: queries of a guide, entries taken out, owners whose name another has, hosters and companies in
// other languages. Kinds of publishers whom nobody had read, each in a text of our own.
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
    what: 'a query of a guide whose comment calls its names bad, beside one that finds what everybody may use',
    text: lines(
      '# *Fake meetings*',
      '',
      '```KQL',
      '// Find mail with URLs of known bad domains',
      "let domains = datatable (domain:string )['unduh-rapat.top','rapat-baru.fun'];",
      'EmailUrlInfo',
      '| where UrlDomain in~ (domains)',
      '```',
      '',
      '```KQL',
      '// Legitimate use of the remote help',
      'DeviceNetworkEvents',
      '| where RemoteUrl contains "bantuan-jauh.com"',
      '```',
    ),
    taken: ['unduh-rapat.top', 'rapat-baru.fun'],
    left: ['bantuan-jauh.com plain'],
  },
  {
    what: 'names that a query rules out, by what their list is called',
    file: 'Feed hits',
    text: lines(
      '// Hits of the feed',
      'let ExcludedDomains = dynamic([ "surat.toko-liburan.com"]);',
      'let badDomains = dynamic(["kabar-jahat.top"]);',
      'EmailUrlInfo',
      '| where Url has_any (badDomains) and not(Url has_any (ExcludedDomains))',
    ),
    taken: ['kabar-jahat.top'],
  },
  {
    what: 'an entry that somebody took out of a list',
    file: 'blocklist.txt',
    text: lines(
      'kabar-jahat.top',
      'lentera-palsu.org',
      '# domains which could have an impact when they are blocked',
      '#toko-kerja.com',
    ),
    taken: ['kabar-jahat.top', 'lentera-palsu.org'],
  },
  {
    what: 'the site that was impersonated, in brackets behind its label',
    text: lines(
      '## Domain indicators',
      '',
      '- **Malicious domain:** dompet-baru.io',
      '- **Legitimate domain (impersonated):** dompet.com',
      '- **Resolved host:** mta-snd-09.penyedia.ne.jp',
    ),
    taken: ['dompet-baru.io'],
    left: ['dompet.com benign', 'mta-snd-09.penyedia.ne.jp beside'],
  },
  {
    what: 'a registrar that is called by its company, in a sentence',
    text: 'They use an algorithm and register through Daftar-Nama[.]com Pte. Ltd., such as kabar3[.]jahat1[.]top.',
    taken: ['kabar3.jahat1.top'],
    left: ['daftar-nama.com benign'],
  },
  {
    what: 'whose servers they are, by labels in Portuguese, Polish and Chinese',
    text: lines(
      'Domínio: kabar-jahat.com.br',
      'Provedor de DNS: solusi-nama.com.br',
      'Dostawca hostingu: gospodarz-serwer.pl',
      '注册商：zhuce-mingzi.cn',
    ),
    taken: ['kabar-jahat.com.br'],
    left: ['solusi-nama.com.br beside', 'gospodarz-serwer.pl beside', 'zhuce-mingzi.cn beside'],
  },
  {
    what: 'an owner whose name another site has, in Chinese, Japanese and Korean',
    text: lines(
      '这个受感染的网站与实际的经纪商 toko-pialang[.]com 同名，但托管在 kabar-pialang[.]ru 上。',
      '',
      '偽サイト kabar-ginko[.]top は toko-ginko[.]jp に酷似している。',
      '',
      '피싱 사이트 kabar-bank[.]click 은 toko-bank[.]kr 와 매우 유사하다.',
    ),
    taken: ['kabar-pialang.ru', 'kabar-ginko.top', 'kabar-bank.click'],
  },
  {
    what: 'what a row says of its name, behind a tab',
    file: 'iocs',
    text: lines(
      '192.0.2.214\tLenteraPad C2',
      'https://kabar.jahat-baru.net\tLenteraPad C2',
      '',
      '192.0.2.232\tPotential LenteraPad C2 ',
      '',
      'c5f8a256d0969e253633160b9728b6c2bc044f536e92af178a05a598aaa09c1f\tlogkata.dll (LenteraPad loader)',
    ),
    taken: ['kabar.jahat-baru.net'],
  },
  {
    what: 'a list of places to know, by name and address',
    text: lines(
      '# Sources',
      '',
      '## Government and CERTs',
      '',
      '| Name | URL | Note |',
      '|------|-----|------|',
      '| Regu Siaga | [regu-siaga.org](https://regu-siaga.org) | daily |',
      '',
      '## IOC feeds & threat intel platforms',
      '',
      '| Name | URL |',
      '|------|-----|',
      '| Buru | [buru.io](https://buru.io) |',
    ),
    taken: [],
    left: ['regu-siaga.org plain', 'buru.io reference'],
  },
  {
    what: 'what readers write below a post',
    text: lines(
      '# A loader',
      '',
      'It asks kabar-jahat[.]top for its payload.',
      '',
      '### 3 Comments',
      '',
      '**Budi** says:',
      '',
      'I saw this on toko-saya[.]com, my own site.',
      '',
      'hxxps://catatan-sari[.]net/loader',
      '',
      '## Indicators of compromise',
      '',
      '- lentera-palsu[.]org',
    ),
    taken: ['kabar-jahat.top', 'lentera-palsu.org'],
    left: ['toko-saya.com reference', 'catatan-sari.net reference'],
  },
  {
    what: 'the attacked, by what they are called and a bracket with their site',
    text: lines(
      '被害組織: 株式会社ひかり (hikari-kk[.]jp)',
      '피해 기업: 주식회사 하늘 (haneul-kk[.]kr)',
      'Victim: Example Works (contoh-works[.]com)',
      'Victims: people were sent to kabar-jahat[.]top (a look-alike)',
    ),
    taken: ['kabar-jahat.top'],
    left: ['hikari-kk.jp benign', 'haneul-kk.kr benign', 'contoh-works.com benign'],
  },
  {
    what: 'what an address is called by its operator, below a heading of it',
    text: lines(
      '# Infrastructure',
      '',
      '### 192.0.2.62',
      '- **Hostname:** vps-3906667-x.gospodarz-serwer.com',
      '- **Domain:** kabar-jahat.top',
    ),
    taken: ['kabar-jahat.top'],
    left: ['vps-3906667-x.gospodarz-serwer.com beside'],
  },
  {
    what: 'commands of a plugin in a table, between domains',
    text: lines(
      '# C2 domains',
      '',
      '| **Plugin command** | **Purpose** |',
      '| Fm.es | Start a shell.',
      '|',
      '| Fm.mv | Move a file.',
      '|',
      '',
      'It asks kabar-jahat[.]top.',
    ),
    taken: ['kabar-jahat.top'],
  },
  {
    what: 'whose names were found in the paths, and what each of them is',
    text: lines(
      'Domains',
      '',
      '- kabar-jahat[.]top',
      '',
      'The names in these paths were directly related to different government institutions from other countries:',
      '* kk.va –> Kantor Kota',
      '* pres.lt –> Prezidentas',
    ),
    taken: ['kabar-jahat.top'],
    left: ['kk.va benign', 'pres.lt benign'],
  },
  {
    what: 'one of many that anybody may use, in a note of blackmail',
    text: 'Keep the coins in a wallet, such as hxxps://dompet-dingin[.]org/ or any other one, then write to kabar-jahat[.]top.',
    taken: ['kabar-jahat.top'],
    left: ['dompet-dingin.org shared-host'],
  },
];

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
