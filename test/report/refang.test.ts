// How writers defang a name, one row a style: what stands in the report, what is taken.
import t from 'tap';
import { namesIn } from '../support/lists-report.ts';
import { mistakes } from '../support/mistakes.ts';

const STYLES: readonly (readonly [written: string, name: string])[] = [
  ['evil[.]com', 'evil.com'],
  ['evil(.)com', 'evil.com'],
  ['evil{.}com', 'evil.com'],
  ['evil<.>com', 'evil.com'],
  ['evil[[.]]com', 'evil.com'],
  ['evil[dot]com', 'evil.com'],
  ['evil(dot)com', 'evil.com'],
  ['evil{DOT}com', 'evil.com'],
  ['evil[ dot ]com', 'evil.com'],
  ['evil [dot] com', 'evil.com'],
  ['evil [.] com', 'evil.com'],
  ['evil[ . ]com', 'evil.com'],
  ['evil[.com', 'evil.com'],
  ['evil.]com', 'evil.com'],
  ['evil.[com]', 'evil.com'],
  ['evil[.].com', 'evil.com'],
  ['www.evil.[.]com', 'www.evil.com'],
  ['evil\\.com', 'evil.com'],
  ['evil\\[.\\]com', 'evil.com'],
  ['evil[,]com', 'evil.com'],
  ['evil DOT com', 'evil.com'],
  ['hxxp:/evil[.]com/x', 'evil.com'],
  ['hxxp:///evil.com/x', 'evil.com'],
  ['evil[punto]com', 'evil.com'],
  ['evil(titik)com', 'evil.com'],
  ['evil[kropka]com', 'evil.com'],
  ['evil❲.❳com', 'evil.com'],
  ['evil⟦.⟧com', 'evil.com'],
  ['evil⦗.⦘com', 'evil.com'],
  ['evil[点]com', 'evil.com'],
  ['evil[точка]com', 'evil.com'],
  ['www[.]evil[.]co[.]uk', 'www.evil.co.uk'],
  ['www.evil[.]com', 'www.evil.com'],
  ['cdn[.]evil.example.com', 'cdn.evil.example.com'],
  ['hxxp://evil.com', 'evil.com'],
  ['hxxps://evil.example.com/path', 'evil.example.com'],
  ['hXXp://evil[.]com', 'evil.com'],
  ['HXXPS://EVIL[.]COM/', 'evil.com'],
  ['hxxp[s]://evil.com', 'evil.com'],
  ['h[tt]ps://evil.com', 'evil.com'],
  ['h**p://evil.com', 'evil.com'],
  ['hххp://evil.com', 'evil.com'],
  ['[http]://evil.com', 'evil.com'],
  ['fxp://evil.com/x', 'evil.com'],
  ['meow://evil.com', 'evil.com'],
  ['http[:]//evil.com/', 'evil.com'],
  ['https[:]//evil[.]com/', 'evil.com'],
  ['http[://]evil.com', 'evil.com'],
  ['https:[//]evil.com', 'evil.com'],
  ['http[:]\\\\evil.com', 'evil.com'],
  ['hxxps:\\/\\/evil\\.com\\/x', 'evil.com'],
  ['hxxp://user:secret@evil[.]com/', 'evil.com'],
  ['hxxp://user[@]evil[.]com/', 'evil.com'],
  ['hxxp://evil[.]com:8080/x?y=z#w', 'evil.com'],
  ['evil[.]com:443', 'evil.com'],
  ['evil[.]com[:]443', 'evil.com'],
  ['evil[.]com/a/b.php?c=d.e', 'evil.com'],
  ['evil[.]com[/]a', 'evil.com'],
  ['ev\u200bil[.]\u200ccom', 'evil.com'],
  ['ev\u00adil[.]com', 'evil.com'],
  ['\ufeffevil\u2060[.]com', 'evil.com'],
  ['evil&#46;com', 'evil.com'],
  ['evil&period;com', 'evil.com'],
  ['evil[&#x2e;]com', 'evil.com'],
  ['evil&#91;.&#93;com', 'evil.com'],
  ['evil&lsqb;.&rsqb;com', 'evil.com'],
  ['evil&amp;#91;.&amp;#93;com', 'evil.com'],
  ['ev&shy;il[.]com', 'evil.com'],
  ['hxxps&#58;//evil&#46;com/', 'evil.com'],
  ['evil．com', 'evil.com'],
  ['evil。com', 'evil.com'],
  ['evil｡com', 'evil.com'],
  ['ｅｖｉｌ［．］ｃｏｍ', 'evil.com'],
  ['evil【.】com', 'evil.com'],
  ['bücher[.]de', 'xn--bcher-kva.de'],
  ['пример[.]рф', 'xn--e1afmkfd.xn--p1ai'],
  ['例子[.]中国', 'xn--fsqu00a.xn--fiqs8s'],
  ['例え．みんな', 'xn--r8jz45g.xn--q9jyb4c'],
  ['xn--e1afmkfd[.]com', 'xn--e1afmkfd.com'],
  ['xn–e1afmkfd[.]com', 'xn--e1afmkfd.com'],
  ['my‑evil[.]com', 'my-evil.com'],
  ['oﬃce-x[.]com', 'office-x.com'],
  ['evil [.]com', 'evil.com'],
  ['evil[.] com', 'evil.com'],
  ['EVIL[.]Com', 'evil.com'],
  ['_dmarc.evil[.]com', '_dmarc.evil.com'],
  ['*.evil[.]com', 'evil.com'],
  ['*[.]evil[.]com', 'evil.com'],
  ['[.]evil[.]com', 'evil.com'],
  ['hxxp://*.evil[.]com/', 'evil.com'],
  ['evil[.]\ncom', 'evil.com'],
  ['evil[.]\r\n    com', 'evil.com'],
  ['evil[.\n]com', 'evil.com'],
  ['hxxps://\nevil.com/', 'evil.com'],
];

t.test('every style of defanging gives the name, alone and in running text', async (t) => {
  const wrong = mistakes();
  for (const [written, name] of STYLES)
    for (const text of [written, `Sie ruft ${written} auf.`, `first\n${written}, and more`])
      wrong.compare(namesIn(text), [name], text);
  wrong.none(t);
});

const AROUND = [
  ['(', ')'],
  ['"', '"'],
  ['“', '”'],
  ['„', '“'],
  ['«', '»'],
  ["'", "'"],
  ['`', '`'],
  ['**', '**'],
  ['_', '_'],
  ['| ', ' |'],
  ['|', '|'],
  ['- ', ''],
  ['• ', ''],
  ['', '.'],
  ['', ','],
  ['', ';'],
  ['', ':'],
  ['', '!'],
  ['', '?'],
  ['', '…'],
  ['', '’s'],
  ['', "'un"],
  ['', '-based'],
  ['', '.The group'],
  ['', '.In March'],
  ['', 'Dan lain'],
  ['', '1'],
  ['', '12'],
  ['访问', '，然后'],
  ['域名', '服务器'],
  ['', '。Lazarus'],
  ['', '에서'],
  ['を', 'に接続'],
  ['C2:', ''],
  ['C2=', ''],
  ['[', '](http://link.example.org)'],
] as const;

t.test('punctuation, brackets, particles and footnotes around a name are not part of it', async (t) => {
  for (const [before, after] of AROUND)
    t.same(namesIn(`a ${before}cdn.evil[.]com${after} b`), ['cdn.evil.com'], `${before}…${after}`);
});

t.test('several names on a line are several names', async (t) => {
  t.same(namesIn('a[.]com | b[.]com |\nc[.]com;d[.]com,e[.]com f[.]com和g[.]net'), [
    'a.com',
    'b.com',
    'c.com',
    'd.com',
    'e.com',
    'f.com',
    'g.net',
  ]);
});

t.test('a break without a mark before it parts names', async (t) => {
  t.same(namesIn('one\nevil[.]com\ntwo[.]net'), ['evil.com', 'two.net']);
  t.same(namesIn('evil.\ncom'), []);
  t.same(namesIn('evil[.]\n\ncom'), []);
});

t.test('each name says where it stands and how it is printed', async (t) => {
  const { importText } = await import('../support/lists-report.ts');
  const [first, second] = importText('x\n  a hxxp://evil[.]com/x\nü b[.]org').taken;
  t.match(first, { name: 'evil.com', printed: 'hxxp://evil[.]com', line: 2, column: 5 });
  t.match(second, { name: 'b.org', printed: 'b[.]org', line: 3, column: 3 });
});

t.test('a comma in brackets with a space behind it parts two names', async (t) => {
  t.same(namesIn('one.evil[.]com[,] two.evil[.]org'), ['one.evil.com', 'two.evil.org']);
});
