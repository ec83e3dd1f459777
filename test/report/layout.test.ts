// Where a plain name counts: alone in a list or a table that says what it holds; and what such a place leaves out.
import t from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import { leftIn, lines, NOW, namesIn, namesInFile } from '../support/lists-report.ts';

const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
/** Of lines that come from no file. */
const namesOf = (...text: string[]): Promise<string[]> => namesInFile(lines(...text), null);

const TAKEN: readonly (readonly [what: string, text: string, names: readonly string[]])[] = [
  [
    'a Markdown list under a heading',
    lines(
      '## Domains',
      '- kabarawan.com',
      '- `awan-data77.com`',
      '## SHA-256',
      `- ${HASH} update.zip`,
      '## References',
      '- blog.lentera-labs.com',
    ),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'a Markdown table with a type column',
    lines(
      '| Type | Indicator |',
      '|---|---|',
      '| Domain | `kabarawan.com` |',
      '| URL | https://rapatdaring.wiki/a.zip |',
      '| IPv4 | 192.0.2.1 |',
      '| File | update.zip |',
    ),
    ['kabarawan.com', 'rapatdaring.wiki'],
  ],
  [
    'a table whose header names its columns',
    lines('Domain            IP', 'kabarawan.com     192.0.2.1', 'awan-data77.com   192.0.2.2'),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'rows that say their type and have no header',
    lines('Hostname\tcdn.kabarawan.com\tC2', 'MD5\t9e107d9d372bb6826bd81d3542a419d6\tx'),
    ['cdn.kabarawan.com'],
  ],
  [
    'a line that ends in a colon',
    lines(
      'The following domains were seen in March:',
      '',
      'kabarawan.com',
      'awan-data77.com (inactive)',
      '',
      'Files:',
      'update.zip',
    ),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'a label before its values',
    lines(
      'C2 domains: kabarawan.com, awan-data77.com',
      'Registrar: namecheap-like.com',
      'Vendor: www.lentera-labs.com',
    ),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'a code block',
    lines(
      'Network indicators:',
      '```',
      'kabarawan.com',
      '```',
      '```bash',
      'curl https://raw.lentera-labs.com/check.sh | sh',
      '```',
    ),
    ['kabarawan.com'],
  ],
  [
    'headings of other languages',
    lines(
      'Домены:',
      'kabarawan.com',
      'Noms de domaine :',
      '* awan-data77.com',
      '不正な通信先ドメイン',
      '・rapatdaring.wiki',
    ),
    ['kabarawan.com', 'awan-data77.com', 'rapatdaring.wiki'],
  ],
  [
    'several values with remarks in one line',
    lines('Domains', '- kabarawan.com (active), awan-data77.com (gone)'),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'a list with defanged and plain names',
    lines('Domains', 'kabarawan[.]com', 'awan-data77.com'),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'compromised sites of others',
    lines('Legitimate but compromised sites', 'kabarawan[.]com'),
    ['kabarawan.com'],
  ],
  [
    'sites that mimic others',
    lines('| Domain | Note |', '| kabarawan[.]com | mimics the legitimate site |'),
    ['kabarawan.com'],
  ],
  [
    'a defanged name in prose under any heading',
    lines('References', 'The group also used kabarawan[.]com in earlier attacks.'),
    ['kabarawan.com'],
  ],
];

const MORE: readonly (readonly [what: string, text: string, names: readonly string[]])[] = [
  ['a defanged link', lines('Link: hxxps://kabarawan[.]com/a'), ['kabarawan.com']],
  ['fake sites of attackers', lines('Fake websites:', 'kabarawan.com'), ['kabarawan.com']],
  [
    'numbered sections',
    lines('1.1.2 Domains', '1. kabarawan.com', '1.1.3 Hosts of the vendor'),
    ['kabarawan.com'],
  ],
  [
    'a remark behind a colon',
    lines('- kabarawan[.]com: C2', '- awan-data77[.]com: legitimate, do not block'),
    ['kabarawan.com'],
  ],
  [
    "a column of the report's links",
    lines('| Domain | Link |', '| kabarawan.com | https://lentera-labs.com/x |'),
    ['kabarawan.com'],
  ],
];

t.test('links, places and numbers do not lead astray', async (t) => {
  for (const [what, text, names] of MORE) t.same(namesIn(text), names, what);
});

t.test('a plain name counts where its list, column, row or label says what it is', async (t) => {
  for (const [what, text, names] of TAKEN) t.same(namesIn(text), names, what);
});

const MIXED: readonly (readonly [what: string, text: string, names: readonly string[]])[] = [
  [
    'links and pictures one behind the other in a row',
    lines(
      '| Domain | Stars |',
      '|---|---|',
      '| [a list](https://kabarawan.com/x/y) | ![Stars](https://awan-data77.com/s?a=1) |',
    ),
    [],
  ],
  [
    'a name that stands for your own',
    lines('C2 domains:', 'c2.yourdomain[.]com', 'evil[.]com'),
    ['evil.com'],
  ],
  [
    'a type as the others stand before hashes',
    lines(
      '.url https://kabarawan.com/tro/h/BHN.zip',
      `.zip ${HASH}`,
      '.url hhttps://awan-data77.com/x - pw 1',
    ),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'what stands behind a hash is its file, in whatever part of the report',
    lines('URLs seen:', 'evil[.]com/in.php', '', `${HASH},dbg.info`, `${HASH},Note.pub`),
    ['evil.com'],
  ],
  [
    'a list of links under a heading of reports',
    lines(
      '| Date | Source | URL |',
      '|---|---|---|',
      '| 1 May | K | [awan-data77.com](https://www.awan-data77.com/2/a) |',
    ),
    [],
  ],
  [
    'a name that a program made a link of',
    lines(
      'Domains:',
      '- [kabarawan.com](http://kabarawan.com/)',
      '- [awan-data77.com](https://tools.example/d/awan-data77.com)',
    ),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'the articles that a list was made from',
    lines(
      '## Indicators from the following posts:',
      '- https://kabarawan.com/blog/the-second-wave-of-loaders',
      '- evil[.]com',
    ),
    ['evil.com'],
  ],
  [
    'expressions of paths',
    lines('Indicators:', '\\\\setup\\.sh;75', '\\\\common\\\\comms\\.io;90', '\\\\kabarawan.com@SSL\\a'),
    ['kabarawan.com'],
  ],
  [
    'addresses with names whose URL a slash has made dead, among other lines',
    lines(
      '192.0.2.7 /kabarawan.com',
      '192.0.2.8:443 /awan-data77.com',
      'C2 Server: rapatdaring.wiki (/in.js)',
      'Port: 80',
      '/gate.sh',
    ),
    ['kabarawan.com', 'awan-data77.com', 'rapatdaring.wiki'],
  ],
  [
    'a name that nobody can register',
    lines('Domains:', '_to_update_corp.com', 'a_b.evil.com'),
    ['a_b.evil.com'],
  ],
  [
    'a Markdown table padded with tabs, whose rows begin with a hash',
    lines(
      '## Tool',
      '| SHA256 \t\t\t   | Domain |',
      '| :--- | ---|',
      `| ${HASH} | kabarawan.com |`,
      '',
      '| Fake Domains |  \t',
      '| :-- |',
      '| awan-data77.com |',
    ),
    ['kabarawan.com', 'awan-data77.com'],
  ],
  [
    'a label that ends in C2',
    lines('LummaC2:', '', 'kabarawan.com', 'Files:', 'setup.zip'),
    ['kabarawan.com'],
  ],
  [
    'a typed URL with its password',
    lines('.urls https://kabarawan.com/eaq pw = U46', `.zip ${HASH}`),
    ['kabarawan.com'],
  ],
  ['what a detection is called', lines('Indicators:', 'Backdoor.HTTP.GORAT.[POST]'), []],
];

t.test('what looks like a name and is a file, a path or an article is none', async (t) => {
  for (const [what, text, names] of MIXED) t.same(namesIn(text), names, what);
});

t.test('a list of names in which files and comments stand is the names', async (t) => {
  t.same(
    await namesOf('kabarawan.com', '7za.dll', 'photos.exe', 'rapatdaring.wiki', 'awan-data77.com'),
    ['kabarawan.com', 'rapatdaring.wiki', 'awan-data77.com'],
    'files among names',
  );
  t.same(
    await namesOf('com.android.settings', 'com.kabarawan.service', 'org.example.mkz'),
    [],
    'packages of programs',
  );
  t.same(await namesOf('autoruns.exe', 'ffmpeg.dll', 'hxd.exe', 'list.ioc'), [], 'nothing but files');
  t.same(
    await namesOf(
      '# c2-server.tld',
      '# ip-address',
      'kabarawan.com',
      '192.0.2.1',
      '# Snow https://x.example/a',
      'Awan.Data77.com',
    ),
    ['kabarawan.com', 'awan.data77.com'],
    'a comment that names kinds',
  );
  t.same(
    await namesOf('http://KabarAwan.com', 'http://Awan-Data77.com:443', 'http://rapatdaring.wiki/'),
    ['kabarawan.com', 'awan-data77.com', 'rapatdaring.wiki'],
    'capitals in URLs',
  );
  t.same(
    await namesOf('Kabarawan.Com', 'Awan-Data77.net'),
    ['kabarawan.com', 'awan-data77.net'],
    'capitals at the beginning of labels',
  );
  t.same(await namesOf('System.Net', 'Socket.io'), [], 'names of modules');
});

t.test('what stands above the header of a table is read', (t) => {
  t.same(
    namesIn(
      lines(
        'Report,of,May',
        'see evil[.]com,,',
        'Type,Value,Note',
        'domain,kabarawan.com,x',
        'url,http://awan-data77.com/,x',
      ),
    ),
    ['evil.com', 'kabarawan.com', 'awan-data77.com'],
  );
  t.same(
    namesIn(
      lines(
        'Domains:,,',
        'evil[.]com,,',
        'bad[.]com,,',
        'URLs:,,',
        'worse[.]com/in.php,,',
        'Files:,,',
        `${HASH},Note.zip,`,
      ),
    ),
    ['evil.com', 'bad.com', 'worse.com'],
    'parts one under the other',
  );
  t.end();
});

const LEFT: readonly (readonly [what: string, text: string, left: readonly string[]])[] = [
  [
    'a list of what is harmless',
    lines('Legitimate services:', '- kabarawan[.]com', '- awan-data77.com'),
    ['kabarawan[.]com benign', 'awan-data77.com benign'],
  ],
  [
    'services that attackers abuse are no list of what is harmless',
    lines('Legitimate services abused by attackers:', '- awan-data77.com'),
    ['awan-data77.com plain'],
  ],
  ['a remark that says so', lines('Domains', 'kabarawan[.]com (false positive)'), ['kabarawan[.]com benign']],
  [
    'a column that says so',
    lines('| Domain | Note |', '| kabarawan[.]com | Legitimate site, used as decoy |'),
    ['kabarawan[.]com benign'],
  ],
  ['victims', lines('Targeted organisations:', 'kabarawan[.]com'), ['kabarawan[.]com benign']],
  [
    'references',
    lines('References:', '- hxxps://kabarawan[.]com/blog'),
    ['hxxps://kabarawan[.]com reference'],
  ],
  [
    "a registrar's column",
    lines('| Domain | Registrar |', '| evil[.]com | kabarawan[.]com |'),
    ['kabarawan[.]com beside'],
  ],
  [
    'what stands under another heading',
    lines('Domains', 'evil[.]com', 'About Lentera', 'kabarawan.com'),
    ['kabarawan.com plain'],
  ],
  [
    'a sentence that ends the list',
    lines(
      'Domains',
      'evil[.]com',
      'Lentera Labs has protected its customers since the very first day of this.',
      'kabarawan.com',
    ),
    ['kabarawan.com plain'],
  ],
  [
    'a sentence in the list',
    lines('Domains', 'kabarawan.com was registered in March'),
    ['kabarawan.com plain'],
  ],
  ["a package's name", lines('Indicators', 'com.kabarawan.app'), ['com.kabarawan.app unsure']],
  ["a module's name", lines('Indicators', 'System.IO'), ['System.IO plain']],
  ['a file', lines('Indicators', 'update.zip', 'evil[.]com'), ['update.zip file']],
  ["the sender's address", lines('Domains', 'a@kabarawan.com'), ['a@kabarawan.com email']],
];

t.test('what such a place leaves out says why', async (t) => {
  for (const [what, text, left] of LEFT) t.same(leftIn(text), left, what);
});

t.test("a web page's table is read by its rows, whatever stands in the cells", async (t) => {
  const cell = (text: string): string => `<td>\n<p>${text}</p>\n</td>`;
  const row = (...cells: string[]): string => `<tr>${cells.map(cell).join('')}</tr>`;
  const page = `<html><body><table>${row('IOC', 'Note')}${row('kabarawan.com<br>awan-data77.com', 'C2 from the first of March until now')}</table>
    <h2>About us</h2><p>www.lentera-labs.com</p></body></html>`;
  t.same(namesIn(page), ['kabarawan.com', 'awan-data77.com']);
});

t.test('the site a report was published on is not taken from it', async (t) => {
  const bytes = new TextEncoder().encode('Published on blog.lentera-labs[.]com. C2: kabarawan[.]com');
  const { taken, leftOut } = await importSource({
    bytes,
    sourceName: 'https://www.lentera-labs.com/x',
    now: NOW,
  });
  t.same(
    taken.map(({ name }) => name),
    ['kabarawan.com'],
  );
  t.match(leftOut, [{ text: 'blog.lentera-labs[.]com', reason: 'reference' }]);
});

t.test('lines of nothing but URLs, names with ports and remarks are a list', async (t) => {
  t.same(
    await namesOf(
      '# Reference: https://lentera-labs.com/x',
      'http://kabarawan.com/x',
      'awan-data77.com:443',
      '192.0.2.1:80',
      'rapatdaring.wiki - C2',
    ),
    ['kabarawan.com', 'awan-data77.com', 'rapatdaring.wiki'],
  );
  t.same(
    await namesOf(
      'http://kabarawan.com/x',
      'awan-data77.com:443',
      'and then somebody wrote some prose about all of this',
      'rapatdaring.wiki - C2',
    ),
    [],
  );
});

t.test('a list of packages of programs, and a file of references, hold no names to block', async (t) => {
  const packages = lines(
    'com.kabarawan.android',
    'com.lentera.mobilebanking',
    'org.bank.mobile',
    'com.awan.app',
  );
  t.same(await namesInFile(packages, 'apps.txt'), []);
  t.same(await namesInFile(lines('https://lentera-labs.com/blog/a-new-loader'), 'References.txt'), []);
  t.same(
    await namesInFile(lines('kabarawan.com', 'lentera.org', 'awan.net'), 'loader-targeted-banks.txt'),
    [],
  );
});
