// What repeats without end, in each kind of file: how much text expressions are given grows with the file, and no faster. A million units are
// then a matter of seconds.
import t from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import { unfold } from '../../src/report/documents/unfold.ts';
import { ReportError } from '../../src/report/report.ts';
import { NOW } from '../support/lists-report.ts';

const UNITS = [
  ...['](', '{', '<b><i>', '&amp;', '[.]', 'a.', 'evil[.]com ', 'https://evil.com/?u=', 'a@b.com ', '::', '| ', '## C2: \n', '"', '\t'],
  ...['- - ', '{a: ', 'legitimate site ', 'instead of evil.com ', "[domain-name:value = '", '--xx\n', '{"a":', '<a b="', '域名', 'x'],
]; // biome-ignore format: a row

/** Before what repeats, and behind it. */
const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  text: ['C2: evil[.]com\n', ''],
  'a row of Markdown': ['# Domains\n\n| Domain | Type |\n|---|---|\n| evil.com | ', ' |\n'],
  page: ['<!doctype html><html><body><p>evil[.]com</p>', ''],
  table: ['type,value,comment\ndomain,evil.com,"', '"\n'],
  records: ['- ioc: evil.com\n  malware: x\n', ''],
  Sigma: [
    'title: x\nlogsource:\n  category: dns\ndetection:\n  a:\n    query: evil.com\n  condition: a\nx: ',
    '',
  ],
  YARA: ['rule a { strings: $c2_1 = "evil.com" condition: any of them }\n', ''],
  Suricata: ['alert dns any any -> any any (msg:"x"; dns.query; content:"evil.com"; ', ''],
  mail: [
    'From: a@b.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="xx"\n\n--xx\n\nevil[.]com\n',
    '',
  ],
};

/** Characters given to expressions while it works. */
async function given(work: () => Promise<unknown>): Promise<number> {
  const { exec } = RegExp.prototype;
  let characters = 0;
  RegExp.prototype.exec = function (text: string): RegExpExecArray | null {
    const from = this.global ? this.lastIndex : 0;
    const found = exec.call(this, text);
    // One that is sticky looks at one place; one that is global goes on behind what it found.
    characters += this.sticky
      ? 8
      : (this.global && found !== null ? this.lastIndex : String(text).length) - from;
    return found;
  };
  try {
    await work();
  } finally {
    RegExp.prototype.exec = exec;
  }
  return characters;
}

const CHARACTERS = 1_500;
/** Four times the text, and some for what is begun once. */
const TIMES_MAX = 5.5;
/** Of so little nobody asks. */
const LITTLE = 1_000_000;

t.test('of four times as much text in any shape, expressions are given four times as much', async (t) => {
  for (const [kind, [before, behind]] of Object.entries(KINDS)) {
    const faults: string[] = [];
    for (const unit of UNITS) {
      const read = (characters: number): Promise<number> => {
        const text = before + unit.repeat(Math.ceil(characters / unit.length)) + behind;
        return given(() =>
          importSource({ bytes: Buffer.from(text), sourceName: null, now: NOW }, unfold).catch((error) => {
            if (!(error instanceof ReportError)) throw error;
          }),
        );
      };
      const [little, much] = [await read(CHARACTERS), await read(4 * CHARACTERS)];
      if (much > LITTLE && much > TIMES_MAX * little)
        faults.push(`${JSON.stringify(unit)}: ${little} and ${much}`);
    }
    t.same(faults, [], kind);
  }
});
