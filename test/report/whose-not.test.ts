// What looks like the words of an owner, a hoster or a reader, and is said of the attackers' names: they are taken.
import t from 'tap';
import { lines, namesInFile } from '../support/lists-report.ts';

const TAKEN: readonly (readonly [what: string, text: string, names: string])[] = [
  [
    'below a comment of the analyst, in a part of its own',
    lines('## Analysis', '### Comment', 'Seen twice.', '## Appendix A', '', 'jahat[.]top', 'palsu[.]org'),
    'jahat.top palsu.org',
  ],
  [
    'a host name that somebody chose',
    lines('### 192.0.2.9', '- **Hostname:** panel.jahat[.]top'),
    'panel.jahat.top',
  ],
  ['a host that malware resolved', lines('DNS queries', '', 'Resolved host: jahat[.]top'), 'jahat.top'],
  [
    'a fraud that calls itself a company, and a gang that is called so',
    lines(
      'The fake broker jahat-trade[.]com Ltd takes deposits.',
      'It is the panel palsu[.]top Inc ransomware asks.',
    ),
    'jahat-trade.com palsu.top',
  ],
  [
    'a feed of their own',
    lines('# IOC feeds of November', '', 'jahat[.]top', 'palsu[.]org'),
    'jahat.top palsu.org',
  ],
  [
    'a table of files and where each is fetched',
    lines('## Second stage', '', '| Name | Download URL |', '|---|---|', '| a.exe | http://jahat.top/a |'),
    'jahat.top',
  ],
  [
    'a column that says what is none',
    lines('cdn.toko.org\tno longer C2', 'gudang.toko.org\tnot C2', 'jahat.top\tLentera C2'),
    'jahat.top',
  ],
  ['a sentence of victims', 'Victims: sent to a phishing page (hxxps://jahat[.]top)', 'jahat.top'],
  [
    'names that imitate institutions',
    lines('We found more phishing domains related to government institutions:', '', '- jahat[.]top'),
    'jahat.top',
  ],
  [
    'companies that the attackers own',
    lines('These domains belong to shell companies of the group:', '', '- jahat[.]top'),
    'jahat.top',
  ],
  ['one of many indicators', 'Block domains such as jahat[.]top or any other indicator below.', 'jahat.top'],
  [
    'a sibling in Japanese',
    'jahat[.]top に類似したドメイン palsu[.]top も確認された。',
    'jahat.top palsu.top',
  ],
  ['a sibling in Korean', 'jahat[.]top 과 유사한 도메인 palsu[.]top 도 확인됐다.', 'jahat.top palsu.top'],
  ['a sibling in Chinese', '与知名木马同源的 jahat[.]top 相似的域名还有 palsu[.]top', 'jahat.top palsu.top'],
  ['who runs a false shop, in German', 'Anbieter: super-murah[.]shop', 'super-murah.shop'],
  [
    'a file that is one query between fences',
    lines('```kql', "let domains = dynamic(['jahat.top']);", 'UrlEvents | where Url in (domains)', '```'),
    'jahat.top',
  ],
  [
    'a query of a guide whose variable calls its names bad',
    lines(
      '# Lentera',
      '',
      '```kql',
      "let c2_domains = dynamic(['jahat.top']);",
      '```',
      '',
      'It is a loader.',
    ),
    'jahat.top',
  ],
];

for (const [what, text, names] of TAKEN)
  t.test(what, async (t) => t.equal((await namesInFile(text, 'report.md')).join(' '), names));
