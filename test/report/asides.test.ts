// Kinds of errors that were found by judging what vendors publish, file by file: each in the manner of the real thing.
import t from 'tap';
import { importText, leftIn, namesIn, lines as rows } from '../support/lists-report.ts';

const CASES: readonly (readonly [
  what: string,
  text: string,
  names: readonly string[],
  left?: readonly string[],
])[] = [
  [
    'plain names behind an address and a port, under a heading that speaks of traffic',
    rows(
      'SHA256 hash of the loader: none',
      '',
      'POST-INFECTION TRAFFIC:',
      '',
      '- 192.0.2[.]7 port 80 - kabarawan.com - GET /images/x.avi',
      '- 192.0.2[.]8 port 443 - rapatdaring.wiki - HTTPS traffic',
      '- port 80 - awan-data77.top - GET /',
      '- 192.0.2[.]9 port 53 - DNS query for resolver.lentera-labs.com',
    ),
    ['kabarawan.com', 'rapatdaring.wiki', 'awan-data77.top'],
  ],
  [
    'the host that has a hole, and a name that waits for whoever visits it',
    rows(
      'The vulnerability lies in the dealers’ infrastructure (`portal.kabarawan[.]com`), which was mended. A session file went to a',
      'vulnerable web server www.lentera-labs[.]com of our own. An abandoned subdomain (“cdn2.kabarawan[.]org”) could be hijacked.',
      '研究人员发现漏洞存在于经销商的系统中，特别是“dealer.awan-data77[.]com”平台。',
      'If any of “a.lentera-bank[.]com” or “lentera-bank[.]com” is visited, it sends the command to the server evil-awan[.]top.',
      'The vulnerable but hacked website rapatdaring[.]wiki served the loader.',
    ),
    ['evil-awan.top', 'rapatdaring.wiki'],
  ],
  [
    'an inventory of services, and a table of indicators that names services too',
    rows(
      'AI Model Provider,Domain,Risk Score',
      'Lentera Chat API,api.lentera-labs.com,8',
      'Awan MCP,mcp.awan-data77.com,10',
    ),
    [],
    ['api.lentera-labs.com benign', 'mcp.awan-data77.com benign'],
  ],
  [
    'services that malware poses as',
    rows('AI Service,Domain,Threat', 'Lentera Chat,lentera-chat.top,stealer', 'Awan,awan-ai.top,stealer'),
    ['lentera-chat.top', 'awan-ai.top'],
  ],
  [
    'a citation whose link is cut by the end of its line',
    rows(
      'C2:',
      '',
      '- kabarawan[.]com',
      '',
      '• Lentera Threat Team (2026.05.16): "Kabarawan: an old tool that was built to',
      'spoil the weather of a whole country"',
      '• URL: https://www.lentera-labs.com/intelligence/kabarawan-weather-',
      'tool',
    ),
    ['kabarawan.com'],
  ],
  [
    'whose domains were affected, in the account of an incident',
    rows(
      '**Domínios Afetados:** www.kabarawan.com, api.kabarawan.com',
      'Affected domains: rapatdaring.wiki',
      '',
      '**Servidor C2:** awan-data77.top',
    ),
    ['awan-data77.top'],
  ],
  [
    'what is everybody’s: a short link, a store of apps, a tracker of mail',
    rows(
      'The link hxxps://d[.]pr/a1 led to an app of apkpure[.]com, and the mail went by click.pstmrk[.]it to awan-data77[.]top.',
    ),
    ['awan-data77.top'],
    ['hxxps://d[.]pr shared-host', 'apkpure[.]com shared-host', 'click.pstmrk[.]it shared-host'],
  ],
  [
    'a heading of references that stands above the indicators',
    rows(
      '**4. IoC**',
      '',
      '参考资料',
      '',
      '9f86d081884c7d659a2feaa0c55ad015',
      '',
      'kabarawan[.]com',
      '',
      'awan-data77[.]top',
    ),
    ['kabarawan.com', 'awan-data77.top'],
  ],
  [
    'a row that says of its name that it is not malicious; one that says but',
    rows(
      'Traffic:',
      '- port 443 - science.kabarawan[.]com - HTTPS traffic, not malicious',
      '- port 80 - weather.lentera[.]org - GET /  <-- not inherently malicious',
      '- pool.awan-data77[.]top:3333 <-- mining is not inherently malicious, but it is an indicator here',
      '- port 443 - rapatdaring[.]wiki - HTTPS traffic',
    ),
    ['pool.awan-data77.top', 'rapatdaring.wiki'],
    ['science.kabarawan[.]com benign', 'weather.lentera[.]org benign'],
  ],
  [
    'a legitimate site in a sentence, and one in attackers’ hands',
    rows(
      'The browser then showed the legitimate site www.kabarawan[.]com. The loader came from the compromised legitimate',
      'website awan-data77[.]top and from a hacked but legitimate domain rapatdaring[.]wiki.',
    ),
    ['awan-data77.top', 'rapatdaring.wiki'],
    ['www.kabarawan[.]com benign'],
  ],
  [
    'short headings that say what was dropped from where, with plain addresses',
    rows(
      'Campaign 11',
      '.zip distro',
      '',
      'https://kabarawan.com/on7/9sr',
      '.js 81368665503842359666147225c19100c4e8ba6ce1284930e9fbff355ba3ab02',
      '',
      'iso drop via:',
      'https://awan-data77.top/r021/',
      'dll https://rapatdaring.wiki/r021/',
      'invoice.zip',
    ),
    ['kabarawan.com', 'awan-data77.top', 'rapatdaring.wiki'],
    ['invoice.zip file'],
  ],
  [
    'a table whose column calls all of its names legitimate, defanged or not',
    rows(
      'type,indicator,classification,detected_date',
      'domain,kabarawan[.]com,legitimate,2026-01-01',
      'domain,lentera[.]org,legitimate,2026-01-02',
    ),
    [],
    ['kabarawan[.]com benign', 'lentera[.]org benign'],
  ],
  [
    'a row that says at its end that its site is a legitimate one',
    rows(
      'Traffic:',
      '- port 443 - keys.kabarawan[.]com - HTTPS traffic, legitimate site',
      '- port 443 - rapatdaring[.]wiki - HTTPS traffic, hacked but legitimate site',
    ),
    ['rapatdaring.wiki'],
    ['keys.kabarawan[.]com benign'],
  ],
  [
    'the site that others imitate, and those that do',
    rows(
      'All of these impersonate kabarawan[.]com, and some are posing as the official site weather.lentera[.]org.',
      'A phishing page spoofing the portal of a bank stood at awan-data77[.]top; the spoofed site rapatdaring[.]wiki was down.',
    ),
    ['awan-data77.top', 'rapatdaring.wiki'],
    ['kabarawan[.]com benign', 'weather.lentera[.]org benign'],
  ],
  [
    'whose figures they are, and where a product is to be had',
    rows(
      'As per kabarawan[.]com there are forty of them; according to `lentera[.]org` there are more.',
      'The loader is a freely-available remote support product that is available at labs.lentera-labs[.]com, and asks awan-data77[.]top.',
    ),
    ['awan-data77.top'],
    ['kabarawan[.]com benign', 'lentera[.]org benign', 'labs.lentera-labs[.]com benign'],
  ],
  [
    'words of others stand alone in a line as well, and data come from anywhere',
    rows(
      'As reported by kabarawan[.]com, forty were met.',
      'The figures by lentera[.]org are older.',
      'It poses as weather.lentera[.]org there.',
      'The tool downloads data from awan-data77[.]top at once.',
    ),
    ['awan-data77.top'],
    ['kabarawan[.]com benign', 'lentera[.]org benign', 'weather.lentera[.]org benign'],
  ],
  [
    'legitimate domains that a sentence leads to, and the list before them',
    rows(
      'The following domains were asked by the loader:',
      'kabarawan[.]com',
      'This malware used the following legitimate domains to see whether it is online at all.',
      'weather.lentera[.]org',
      '',
      'Command and control',
      'awan-data77[.]top',
    ),
    ['kabarawan.com', 'awan-data77.top'],
    ['weather.lentera[.]org benign'],
  ],
  [
    'whose site it is that stands in brackets, also when the sentence began in the line above',
    rows(
      'The module drops the capture tool, which is a third-party freeware application for',
      'making screenshots (hxxp://tool.lentera[.]org/), and talks to awan-data77[.]top.',
      'Their products are made by Kabarawan GmbH (hxxp://www.kabarawan[.]com/en/).',
    ),
    ['awan-data77.top'],
    ['hxxp://tool.lentera[.]org benign', 'hxxp://www.kabarawan[.]com benign'],
  ],
  [
    'a line of prose that the line above began is no heading',
    rows(
      'The hosts file sends requests to certain banking websites that are listed in',
      'Figure 2 to another server in Japan.',
      '192.0.2.53 www.kabarawan.com',
      '192.0.2.53 www.lentera.org',
      'Fig. 2. New entries of the hosts file',
      'The servers of this campaign share their common names and the addresses',
      'to which they resolve. The C2 servers are:',
      'awan-data77.top',
    ),
    ['awan-data77.top'],
  ],
  [
    'references go on over their lines, until something else begins',
    rows(
      'References',
      '[1] A. Writer. On loaders and their servers. In Proceedings of',
      'the network traffic conference for red teams,',
      'Tech. rep. [Online]. Available:',
      'https://papers.lentera-labs.com/2013/08/on-loaders/',
      '[2] http://www.kabarawan.com',
      'C Command and control servers',
      'C2 # Emails',
      'awan-data77.top 66',
      'rapatdaring.wiki 4',
    ),
    ['awan-data77.top', 'rapatdaring.wiki'],
  ],
  [
    'a cell broken into lines ends no table',
    rows(
      'Domain   IP   Country   Comments',
      'kabarawan.com   192.0.2.7   CN   Registrar: ONE',
      'Registrar: ANOTHER MEDIA TECHNOLOGY DEVELOPMENT CO.,',
      'LTD.Email: somebody@lentera.org',
      'awan-data77.top   192.0.2.8   US   Registrar: TWO',
    ),
    ['kabarawan.com', 'awan-data77.top'],
  ],
  [
    'names that begin as types and packages do',
    rows(
      'C2 URL   email.kabarawan.com',
      'Indicator   Type',
      'reg.awan-data77.com   Domain',
      'edu.rapatdaring.org   Domain',
    ),
    ['email.kabarawan.com', 'reg.awan-data77.com', 'edu.rapatdaring.org'],
  ],
  [
    'where a feed, a badge, a footnote, a news item and a row of fixes lead',
    rows(
      'You find the IOCs on our feed:',
      '- Lentera IOC feed: https://the-lentera.org/ioc-feeds/loader.json',
      '',
      '# Indicator finder',
      '[![build](https://badge.lentera-labs.com/x.svg)](https://ci.lentera-labs.com/x)',
      '',
      'The droppers were found at these online locations:',
      '• awan-data77.top/gate/photo.exe',
      '14https://vendor.kabarawan.com/documents/download',
      '',
      '- title: "A new loader"',
      '  url: "https://news.kabarawan.org/loader"',
      '  date: 2026-08-20',
      '',
      'The servers hold these files:',
      '| # | File | Size | SHA256 |',
      '|---|------|------|--------|',
      '| 1 | `hunter.py` | 25 B | 5876…8f |',
      '# C2 modules',
      'dump.py',
      'windows.zip',
      '# C2 servers and what they gave',
      '- `unpack.py` (14 179 bytes)',
    ),
    ['awan-data77.top'],
  ],
  [
    'headers of a mail',
    rows(
      '- Received: from kabarawan[.]com (unknown [192.0.2[.]7])',
      '- Subject: New order',
      '- Link in the mail: hxxps://awan-data77[.]top/x',
    ),
    ['awan-data77.top'],
    ['kabarawan[.]com email', '192.0.2[.]7 address'],
  ],
  [
    'where to read on, though it speaks of malware and traffic',
    rows(
      '- For more information on the traffic of this malware, see the following blog posts:',
      ' -- https://lentera-labs.com/post',
      '- Yesterday, we saw reports of a disruption of this stealer:',
      ' -- https://kabarawan.org/news',
      '- C2: awan-data77[.]top',
    ),
    ['awan-data77.top'],
  ],
  [
    'columns that say where the data is from',
    rows(
      '| Dataset | Vendor URL | License | C2 domain |',
      '|---|---|---|---|',
      '| a | https://lentera-labs.com | https://kabarawan.org/terms | awan-data77.top |',
    ),
    ['awan-data77.top'],
  ],
  [
    'a label in a cell of its own, several values joined by a word',
    rows('| C&C | `a.kabarawan.com` `b.awan-data77.top` and `c.rapatdaring.wiki` |', '| Hash | none |'),
    ['a.kabarawan.com', 'b.awan-data77.top', 'c.rapatdaring.wiki'],
  ],
  [
    'a long sentence that ends in nothing but names',
    rows(
      '# Analysis',
      'The final payload communicates with the same domains that were mentioned in the earlier analysis: `a.kabarawan.com`, `b.awan-data77.top` and `c.rapatdaring.wiki`.',
    ),
    ['a.kabarawan.com', 'b.awan-data77.top', 'c.rapatdaring.wiki'],
  ],
  [
    'Markdown with tags in it keeps its lines',
    rows(
      '<h2>Indicators</h2>',
      '<center><img src="a.png"></center>',
      '',
      '|Indicator|Description|',
      '| --- |:---:|',
      '|c4ad847c748521baaa76de1d2fbadd9c6f4801f2f3da72f75735c1262b92af3c|a.doc|',
      '|kabarawan.com|Domain C2|',
      '|awan-data77.top|Domain C2|',
    ),
    ['kabarawan.com', 'awan-data77.top'],
  ],
  [
    'code between the names: a call of a program is none',
    rows('C2 domains', 'kabarawan.com', 'wshShell.Run(line,0)', 'awan-data77.top'),
    ['kabarawan.com', 'awan-data77.top'],
  ],
  [
    'a host that is partly masked',
    rows('URL,http://ma****kabarawan.com/x', 'Host,awan-data77.top'),
    ['awan-data77.top'],
  ],
  [
    'rows without a header whose first value is masked',
    rows('URL,hxxp://192.*****.7/*****.exe', 'Host,kabarawan.com', 'Host,awan-data77.top'),
    ['kabarawan.com', 'awan-data77.top'],
  ],
  [
    'what a machine connects to, called an IP',
    rows('Indicator,Data,Notes', 'ip,192.0.2.7,C2', 'ip,kabarawan.com,C2', 'sha256,9f86,tool.com'),
    ['kabarawan.com'],
    ['192.0.2.7 address', '9f86 type', 'tool.com plain'],
  ],
  [
    'an expression that is nothing but names',
    rows(
      'dataset = xdr_data | filter',
      'dns_query_name ~=".*kabarawan.com|.*awan-data77\\.top|^rapatdaring.wiki$" OR action_url !~= ".*lentera.org"',
    ),
    ['kabarawan.com', 'awan-data77.top', 'rapatdaring.wiki'],
  ],
  [
    'a name in the octets of a certificate',
    rows(
      'alert tcp any any <> any 443 (msg:"x"; content:"|16 03|"; depth:2; content:"|55 04 03|"; distance:0; content:"kabarawan.com"; within:50; sid:1;)',
      'alert tcp any any -> any any (msg:"x"; content:"Host: "; content:"awan-data77.top"; content:!".lentera.com"; sid:2;)',
      'alert tcp any any -> any any (msg:"x"; content:"Origin: http://rapatdaring.wiki"; http_header; sid:3;)',
      'alert tcp any any -> any any (msg:"x"; content:"libcurl.so"; sid:4;)',
    ),
    ['kabarawan.com', 'awan-data77.top', 'rapatdaring.wiki'],
  ],
  [
    'OpenIOC 1.1 terms of endpoint events',
    rows(
      '<?xml version="1.0"?><OpenIOC xmlns="http://openioc.org/schemas/OpenIOC_1.1"><criteria><Indicator operator="OR">',
      '<IndicatorItem condition="contains" negate="false"><Context document="dnsLookupEvent" search="dnsLookupEvent/hostname"/><Content type="string">kabarawan.com</Content></IndicatorItem>',
      '<IndicatorItem condition="contains" negate="true"><Context document="urlMonitorEvent" search="urlMonitorEvent/hostname"/><Content type="string">lentera.org</Content></IndicatorItem>',
      '</Indicator></criteria></OpenIOC>',
    ),
    ['kabarawan.com'],
    ['lentera.org allowed'],
  ],
  [
    'a link of an event among the observables of STIX 1',
    rows(
      '<stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1">',
      '<stix:Indicator><indicator:Title>External analysis: https://lentera-labs.com/post</indicator:Title><URIObj:Value condition="Equals">https://lentera-labs.com/post</URIObj:Value></stix:Indicator>',
      '<stix:Indicator><indicator:Title>Network activity: kabarawan.com</indicator:Title><DomainNameObj:Value condition="Equals">kabarawan.com</DomainNameObj:Value></stix:Indicator>',
      '</stix:STIX_Package>',
    ),
    ['kabarawan.com'],
    ['https://lentera-labs.com/post reference'],
  ],
  [
    "the subject of a server's certificate",
    rows(
      'C2\tMIMICS\tSSL',
      'https://192.0.2.7:2222    Slack   CN=kabarawan.com\tx\ty',
      'https://awan-data77.top\tx\ty',
    ),
    ['awan-data77.top'],
  ],
  [
    'where stolen credentials were used',
    rows(
      '192.0.2.1',
      '192.0.2.2',
      '',
      '27 URLs de las credenciales comprometidas',
      '',
      'https://kabarawan.com/login',
      'https://lentera.org/',
    ),
    [],
  ],
  [
    'a redirector whose target is percent-encoded, in a list',
    rows('DOWNLOAD REDIRECT URLS', 'https://vk.com/away.php?key=1&to=https%3A%2F%2Fkabarawan.com%2Fx'),
    ['kabarawan.com'],
  ],
  [
    'labels above plain values, one title',
    rows(
      'Campaign against ministries, with mails that pretend to be of the transport office',
      '',
      'Spam desde:',
      'web@lentera.org',
      'Descarga desde:',
      'https://kabarawan.com/x/?a=b',
      'ZIP con MSI:',
      'https://awan-data77.top/a.zip',
      'Config:',
      'http://rapatdaring.wiki/config.txt',
    ),
    ['kabarawan.com', 'awan-data77.top', 'rapatdaring.wiki'],
  ],
  [
    'names whose parts are set in bold',
    rows(
      'The C2 is **kabarawan**[.]**lentera**[.]top, and **cdn**.awan-data77[.]**top**; then **rapatdaring[.]wiki**.',
    ),
    ['kabarawan.lentera.top', 'cdn.awan-data77.top', 'rapatdaring.wiki'],
  ],
  [
    'names made dead by a slash',
    rows('Dominios distribución:', '/kabarawan.com', '/awan-data77.top', '', 'C2:', '192.0.2.7'),
    ['kabarawan.com', 'awan-data77.top'],
  ],
  [
    'a name with capitals behind www',
    rows('awan-data77.top', 'www.KabarAwan.com', 'rapatdaring.wiki'),
    ['awan-data77.top', 'www.kabarawan.com', 'rapatdaring.wiki'],
  ],
];

for (const [what, text, names, left] of CASES)
  t.test(what, async (t) => {
    t.same(namesIn(text), names);
    if (left !== undefined) t.same(leftIn(text), left);
  });

for (const name of ['BotnetVictims.txt', 'ddos-targets.txt', 'whitelist.txt'])
  t.test(`a bare list called ${name} names nothing to block`, async (t) => {
    const result = importText(rows('kabarawan.com', 'awan-data77.top', 'rapatdaring.wiki'), { name });
    t.same(
      [result.taken.length, result.leftOut.map(({ reason }) => reason)],
      [0, ['benign', 'benign', 'benign']],
    );
  });
