// Whom a report names beside the attackers, said by the report itself: the owner of the name that another is taken for, who helped, a
// sinkhole, a register's own names, the operator of an address, a list of what everybody uses. Each with an attacker's name beside it,
// which is taken.
import t from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import { isMistypedFor, isReadAs } from '../../src/report/layout/look-alike.ts';
import { lines, NOW } from '../support/lists-report.ts';

interface Case {
  readonly what: string;
  readonly text: string;
  readonly taken: readonly string[];
  /** The explanations that the names left out are shown with, without repeats. */
  readonly told?: readonly string[];
  readonly file?: string;
}

const TAKEN_FOR =
  'the report calls it legitimate, imitated or attacked, or marks it as not meant for detection; a name beside it is made to be taken for it';
const SINKHOLE =
  'whose registrar, host or name server it is, not an indicator; a sinkhole, to which names were moved';
const THANKED = 'a reference, not an indicator; the report thanks its owner';
const BESIDE = 'whose registrar, host or name server it is, not an indicator';

const CASES: readonly Case[] = [
  {
    what: 'a name and the one it is made to be taken for',
    text: lines(
      'Victims who typed kabarharan[.]com instead of kabarharian[.]com met the kit.',
      '',
      'The small difference (tok0buku[.]com vs. tokobuku[.]com) shows in few address bars.',
      '',
      '- bankmandarn[.]top → bankmandam[.]com',
      '- suratpos[.]org -> suratp0s[.]org',
      '',
      'The mail shows tokokopl[.]net rather than a link; `pasarbaur[.]net` instead of `pasarbaru[.]net` is in the second one.',
    ),
    taken: [
      'kabarharan.com',
      'tok0buku.com',
      'bankmandarn.top',
      'suratp0s.org',
      'tokokopl.net',
      'pasarbaur.net',
    ],
    told: [TAKEN_FOR],
  },
  {
    what: 'two names of attackers with the same words between them',
    text: lines(
      'Since May the malware asks awan-baru[.]top instead of awan-lama[.]top.',
      'It asks panel-01[.]top instead of panel-02[.]top, and kabutpagi[.]club rather than kabutpagi[.]top.',
      'The chain is satu-lompat[.]top → dua-lompat[.]top → tiga-lompat[.]top.',
      'Compare gudang1[.]top vs. gudang2[.]top.',
    ),
    taken: [
      ...[
        'awan-baru.top',
        'awan-lama.top',
        'panel-01.top',
        'panel-02.top',
        'kabutpagi.club',
        'kabutpagi.top',
      ],
      ...['satu-lompat.top', 'dua-lompat.top', 'tiga-lompat.top', 'gudang1.top', 'gudang2.top'],
    ],
  },
  {
    what: 'who is thanked',
    text: lines(
      'Many thanks to peneliti-satu[.]org, who saw awan-dua[.]top first.',
      '',
      'Thanks to our friends at riset-dua[.]net for sharing the sample from awan-tiga[.]top.',
      '',
      'Credit: riset-tiga[.]com',
      '',
      'The authors (Tim Awan) thank riset-empat[.]org for the sample of awan-enam[.]top.',
      '',
      'Thanks to awan-empat[.]top the kit is online again, and thanks to a redirect at awan-lima[.]top nobody sees it.',
    ),
    taken: ['awan-dua.top', 'awan-tiga.top', 'awan-enam.top', 'awan-empat.top', 'awan-lima.top'],
    told: [THANKED],
  },
  {
    what: 'a sinkhole and its name servers',
    text: lines(
      'The domain awan-satu[.]top was sinkholed to lubang-satu[.]net in June.',
      'awan-dua[.]top now resolves to the sinkhole server lubang-dua[.]org, a host of ours.',
      'After the takeover awan-tiga[.]top is in the sinkhole and its name servers are ns1.lubang-tiga[.]org.',
      'Its records were changed to ns2.lubang-empat[.]org (a sinkhole).',
      'We sinkholed awan-empat[.]top and awan-lima[.]top, a sinkhole since May.',
      'The sinkhole domain awan-enam[.]top is asked by 300 machines.',
    ),
    taken: [
      'awan-satu.top',
      'awan-dua.top',
      'awan-tiga.top',
      'awan-empat.top',
      'awan-lima.top',
      'awan-enam.top',
    ],
    told: [SINKHOLE],
  },
  {
    what: 'what a register tells of a name',
    text: lines(
      'C2 domains:',
      '',
      'awan-satu[.]top',
      '',
      'The register says of it:',
      '',
      'Domain Name: AWAN-DUA[.]TOP',
      'Registrar URL: hxxp://www.pendaftar-a[.]com',
      'Registrant Email: https://pilih.privasi-b[.]com/contact',
      'Name Server: NS1.DNS-C[.]COM',
      'URL of the ICANN Whois Inaccuracy Complaint Form: https://aduan.pendaftar-d[.]org/wicf/',
      'nserver: ns3.dns-e[.]ru.',
      'admin-contact: https://www.pendaftar-f[.]ru/whois/',
      '',
      'Admin panel: awan-tiga[.]top',
    ),
    taken: ['awan-satu.top', 'awan-dua.top', 'awan-tiga.top'],
    told: [BESIDE],
  },
  {
    what: 'the host name and the operator of an address, in a record of it',
    file: 'seen.json',
    text: JSON.stringify({
      ip: '192.0.2.7',
      hostname: 'dsl-7.kota.penyedia-satu.com',
      org: 'AS64500 Penyedia Satu',
      company: { name: 'Penyedia Satu', domain: 'penyedia-satu.com' },
      abuse: { domain: 'penyedia-satu.net' },
      samples: [{ domain: 'awan-satu.top' }],
    }),
    taken: ['awan-satu.top'],
    told: [`${BESIDE}; its address's operator's`],
  },
  {
    what: 'a record of an address without an operator',
    file: 'seen.json',
    text: JSON.stringify({
      ip: '192.0.2.7',
      hostname: 'awan-satu.top',
      org: 'Kabut',
      company: { domain: 'awan-dua.top' },
    }),
    taken: ['awan-satu.top', 'awan-dua.top'],
  },
  {
    what: 'what a reporter of addresses tells of one',
    file: 'seen.json',
    text: JSON.stringify({
      data: {
        ipAddress: '192.0.2.7',
        abuseConfidenceScore: 100,
        isp: 'Penyedia Satu',
        domain: 'penyedia-satu.com',
        hostnames: ['dsl-7.kota.penyedia-satu.com'],
      },
    }),
    taken: [],
    told: [`${BESIDE}; its address's operator's`],
  },
  {
    what: 'host names of addresses in a table, with their operators',
    file: 'attackers.csv',
    text: lines(
      'ip,hostname,asn,country',
      '192.0.2.7,dsl-7.kota.penyedia-satu.com,AS64500,ID',
      '198.51.100.9,host-9.pool.penyedia-dua.net,AS64501,BR',
    ),
    taken: [],
    told: [
      'an address, not a name: kept under `addresses:`, which counts where the list says `addresses: true`',
      "seen, and not called an indicator; what its address's operator calls it",
    ],
  },
  {
    what: 'host names of addresses in a table of servers of malware',
    file: 'servers.csv',
    text: lines(
      'ip,hostname,asn,malware',
      '192.0.2.7,awan-satu.top,AS64500,Kabut',
      '198.51.100.9,awan-dua.top,AS64501,Kabut',
    ),
    taken: ['awan-satu.top', 'awan-dua.top'],
  },
  ...['tranco.csv', 'tranco_X5Y7N.csv', 'top-1m.csv', 'alexa_top_1m.csv', 'whitelist_domains.csv'].map(
    (file) => ({
      what: `what everybody uses, in ${file}`,
      file,
      text: lines('rank,domain', '1,surat-a.com', '2,surat-b.com', '3,surat-c.org'),
      taken: [],
    }),
  ),
  ...['tranco_fakes.csv', 'not_in_tranco.csv', 'top-domains.csv', 'top10.csv'].map((file) => ({
    what: `what is none of that, in ${file}`,
    file,
    text: lines('rank,domain', '1,awan-a.com', '2,awan-b.com', '3,awan-c.org'),
    taken: ['awan-a.com', 'awan-b.com', 'awan-c.org'],
  })),
];

for (const { what, text, taken, told, file } of CASES)
  t.test(what, async (t) => {
    const result = await importSource({
      bytes: Buffer.from(text),
      sourceName: file ?? 'report.md',
      now: NOW,
    });
    t.strictSame(result.taken.map(({ name }) => name).toSorted(), [...taken].toSorted());
    if (told !== undefined)
      t.strictSame(
        [...new Set(result.leftOut.map(({ explanation }) => explanation))].toSorted(),
        [...told].toSorted(),
      );
  });

t.test('which of two names is the false one shows in its letters', async (t) => {
  t.ok(isReadAs('tok0buku[.]com', 'tokobuku[.]com'));
  t.notOk(isReadAs('tokobuku[.]com', 'tok0buku[.]com'));
  t.ok(isReadAs('hxxps://bankmandarn[.]top/x', 'www.bankmandam.com'), 'of a URL its host');
  t.ok(isReadAs('1ndo-kabar[.]com', 'indo-kabar[.]com'));
  t.notOk(isReadAs('kab1[.]com', 'kabl[.]com'), 'too short to say');
  t.notOk(isReadAs('panel-01[.]top', 'panel-02[.]top'), 'a series');
  t.ok(isMistypedFor('kabarharan[.]com', 'kabarharian[.]com'), 'a letter left out');
  t.ok(isMistypedFor('kabarhariian[.]com', 'kabarharian[.]com'), 'a letter doubled');
  t.ok(isMistypedFor('kabarhairan[.]com', 'kabarharian[.]com'), 'two changed places');
  t.notOk(isMistypedFor('awan-baru[.]top', 'awan-lama[.]top'));
  t.notOk(isMistypedFor('kabut[.]club', 'kabut[.]top'), 'the same below another end');
  t.notOk(isMistypedFor('panel1[.]top', 'panel12[.]top'), 'a series');
});
