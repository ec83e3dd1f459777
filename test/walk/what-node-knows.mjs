// Prints what a Node makes of times, letters, character sets and names: the same for a Node and what packaging/strip.mjs leaves of it.
import { createHash } from 'node:crypto';
import { domainToASCII, domainToUnicode } from 'node:url';

const SETS =
  'utf-8 ibm866 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-8-i iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 koi8-r koi8-u macintosh windows-874 windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 x-mac-cyrillic gbk gb2312 gb18030 big5 big5-hkscs euc-jp iso-2022-jp shift_jis euc-kr ks_c_5601-1987 utf-16be utf-16le latin1 us-ascii'.split(
    ' ',
  );
const POINTS = Array.from({ length: 0x32000 }, (_, point) => point).filter((point) => point < 0xd800 || point > 0xdfff);
const LETTERS = POINTS.map((point) => String.fromCodePoint(point));
const PAIRS = Buffer.from(Array.from({ length: 0x10000 }, (_, pair) => [pair >> 8, pair & 0xff, 0x20]).flat());
const SHIFTS = Buffer.from('1b2442302130221b28421b284a5c7e1b284931321b24422121 8fb0a1 81308130 94398130'.replaceAll(' ', ''), 'hex');

const sum = (texts) => createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);

const known = {
  sets: SETS.map((set) => {
    const decoder = new TextDecoder(set);
    const parts = [PAIRS.subarray(0, 1001), PAIRS.subarray(1001), SHIFTS].map((part) => decoder.decode(part, { stream: true }));
    const strict = [SHIFTS, Buffer.from('plain'), Buffer.from([0xa4, 0xa2])].map((octets) => {
      try {
        return new TextDecoder(set, { fatal: true }).decode(octets);
      } catch (error) {
        return error.code;
      }
    });
    return `${set} ${sum([...parts, decoder.decode(), ...strict])}`;
  }),
  forms: ['NFC', 'NFD', 'NFKC', 'NFKD'].map((form) => sum(LETTERS.map((letter) => letter.normalize(form)))),
  cases: sum(LETTERS.map((letter) => [letter.toLowerCase(), letter.toUpperCase(), letter.toLocaleLowerCase('en')])),
  classes: [/\p{L}/u, /\p{N}/u, /\p{P}/u, /\p{Script=Cyrillic}/u, /\p{Script_Extensions=Han}/u, /\p{Emoji}/u, /\p{RGI_Emoji}/v, /[ſk]/iu].map(
    (expression) => sum(LETTERS.map((letter) => expression.test(letter))),
  ),
  names: sum(
    ['bücher.example', 'пример.test', '例え.テスト', 'faß.example', 'ﬀ.example', '１２７.０.０.１', 'xn--bcher-kva.example', 'a‍b.example'].map((name) => [
      domainToASCII(name),
      domainToUnicode(name),
      URL.parse(`http://${name}/`)?.host,
    ]),
  ),
  zones: Intl.supportedValuesOf('timeZone').map((timeZone) => {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'full', timeStyle: 'full' });
    const moments = Array.from({ length: 160 }, (_, quarter) => Date.UTC(2000, quarter * 3, 27, quarter % 24));
    return `${timeZone} ${sum(moments.map((moment) => format.format(moment)))}`;
  }),
  order: sum(['en', 'en-US'].map((language) => [...LETTERS.slice(0, 0x3000), 'host-2', 'host-10', 'Ärger'].sort(new Intl.Collator(language, { numeric: true }).compare))),
  local: sum([new Date(0).getTimezoneOffset(), new Date(0).toString(), ['b', 'a', 'ä'].sort((a, b) => a.localeCompare(b, 'en'))]),
  numbers: sum([1234567.891, -0.5].map((value) => [value.toLocaleString('en'), new Intl.NumberFormat('en', { style: 'unit', unit: 'byte' }).format(value)])),
};
process.stdout.write(`${JSON.stringify(known)}\n`);
