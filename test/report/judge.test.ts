// What is left out and why, one row a case.
import t from 'tap';
import { isFileName } from '../../src/report/known/file-names.ts';
import { isKnownTop } from '../../src/report/known/suffix.ts';
import { importText, leftIn, namesIn } from '../support/lists-report.ts';

const LEFT_OUT: readonly (readonly [written: string, left: string])[] = [
  ['www.example.com', 'www.example.com plain'],
  ['https://www.example.com/news', 'https://www.example.com plain'],
  ['http[s]://www.example.com', 'http[s]://www.example.com plain'],
  ['[link](https://www.example.com)', 'https://www.example.com plain'],
  ['user@evil.com', 'user@evil.com email'],
  ['user[@]evil[.]com', 'user[@]evil[.]com email'],
  ['user(at)evil[.]com', 'user(at)evil[.]com email'],
  ['first.last [at] evil [dot] com', 'first.last [at] evil [dot] com email'],
  ['user@evil[.]com', 'user@evil[.]com email'],
  ['192[.]0[.]2[.]1', '192[.]0[.]2[.]1 address'],
  ['hxxp://192.0.2[.]1:8080/x', 'hxxp://192.0.2[.]1 address'],
  ['18.12[.]416', '18.12[.]416 not-a-name'],
  ['3CXDesktopApp[.]exe', '3CXDesktopApp[.]exe file'],
  ['libffmpeg[.]dylib', 'libffmpeg[.]dylib file'],
  ['ffmpeg[.]dll', 'ffmpeg[.]dll file'],
  ['payload[.]zip', 'payload[.]zip file'],
  ['invoice.pdf[.]zip', 'invoice.pdf[.]zip file'],
  ['video[.]mp4', 'video[.]mp4 file'],
  ['install[.]sh', 'install[.]sh file'],
  ['/tmp/dropper/evil[.]com', 'evil[.]com path'],
  ['C:\\dropper\\evil[.]com', 'evil[.]com path'],
  ['evil[.]notatld', 'evil[.]notatld no-suffix'],
  ['co[.]uk', 'co[.]uk suffix'],
  ['github[.]io', 'github[.]io suffix'],
  ['*.duckdns[.]org', '*.duckdns[.]org shared-host'],
  ['ftp.gear[.]host', 'ftp.gear[.]host shared-host'],
  ['ns1.github[.]io', 'ns1.github[.]io shared-host'],
  ['raw.githubusercontent[.]com/x/y.ico', 'raw.githubusercontent[.]com shared-host'],
  ['hxxps://docs.google[.]com/d/1', 'hxxps://docs.google[.]com shared-host'],
  ['using [.] to avoid clicks', 'using [.] to unsure'],
  ['cdn-*.evil[.]com', '*.evil[.]com unsure'],
  ['a very-long-\nname[.]com', 'name[.]com unsure'],
  ['evil-.bad[.]com', 'evil-.bad[.]com not-a-name'],
];

t.test('what is left out is shown with its reason', async (t) => {
  for (const [written, left] of LEFT_OUT) {
    t.same(namesIn(`see ${written} here`), [], written);
    t.same(leftIn(`see ${written} here`), [left], written);
  }
});

t.test('prose is not shown as left out', async (t) => {
  const prose = [
    'e.g. the U.S. site, version 1.2.3.4 of 29.03.2023, Agent.CFM, System.Xml',
    'a 59e1edf4d82fae4978e97512b0331b7eb21dd4b838b850ba46794d9c7a2c0983 hash, file.exe, run.dll',
    'replace [.] with a dot; [.]com; [dot]; and/or; 10:30; C:\\Windows\\System32\\cmd.exe; ... ::',
  ];
  for (const text of prose)
    t.same([...namesIn(text), ...leftIn(text).filter((left) => !left.includes('System'))], [], text);
});

t.test('names on shared suffixes are names, the suffixes are not', async (t) => {
  t.same(namesIn('evil.github[.]io, evil.duckdns[.]org and evil.sharepoint[.]com'), [
    'evil.github.io',
    'evil.duckdns.org',
    'evil.sharepoint.com',
  ]);
});

t.test('a scheme, a port, a path or www makes a name of what could be a file', async (t) => {
  t.same(namesIn('hxxp://evil[.]zip, www.evil[.]py, evil[.]mov:443, evil[.]sh, cdn.evil[.]zip'), [
    'evil.zip',
    'www.evil.py',
    'evil.mov',
    'evil.sh',
    'cdn.evil.zip',
  ]);
});

t.test('names in the path of a URL are not taken, the next URL is', async (t) => {
  const text = 'hxxps://evil[.]com/r?u=hxxp://www.bank[.]com/x,hxxps://second[.]net/y third[.]org';
  t.same(namesIn(text), ['evil.com', 'second.net', 'third.org']);
  t.same(leftIn(text), ['hxxp://www.bank[.]com path']);
});

t.test('a name left out in one place and taken in another is taken', async (t) => {
  const { taken, leftOut } = importText('evil.com (plain), mail to a@evil.com, evil[.]com');
  t.same([taken.length, leftOut.length], [1, 0]);
});

t.test('the caller takes what would be left out, and leaves out what would be taken', async (t) => {
  const text = 'www.plain-evil.com, bad[.]com and raw.githubusercontent[.]com/x';
  const options = { take: ['www.plain-evil.com', 'raw.githubusercontent.com'], leaveOut: ['bad.com'] };
  t.same(namesIn(text, options), ['www.plain-evil.com', 'raw.githubusercontent.com']);
  t.same(leftIn(text, options), ['bad[.]com excluded']);
  const asPrinted = { take: ['WWW.plain-evil.com', 'raw.githubusercontent[.]com'], leaveOut: ['bad[.]com'] };
  t.same(namesIn(text, asPrinted), namesIn(text, options), 'also as the report has them');
});

t.test('no extension that always means a file is a top-level domain', async (t) => {
  for (const top of ['com', 'org', 'one', 'app', 'zip', 'ps', 'sh', 'pl', 'in', 'me', 'ai'])
    t.equal(isFileName({ labels: ['evil', top], isHost: true }), false, top);
  for (const extension of ['exe', 'dll', 'dylib', 'docm', 'ps1', 'so1']) {
    t.equal(isFileName({ labels: ['evil', extension], isHost: true }), true, extension);
    t.equal(isKnownTop(extension) && !/\d/.test(extension), false, extension);
  }
});
