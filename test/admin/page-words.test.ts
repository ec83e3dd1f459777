// What the page makes of what people paste where it looks for a name.
import { domainToASCII, domainToUnicode } from 'node:url';
import t from 'tap';

const browser = '../../src/admin/page/browser';
const { partOfName } = (await import(new URL(`${browser}/words.js`, import.meta.url).href)) as {
  readonly partOfName: (pasted: string) => string;
};

const { spelledName } = (await import(new URL(`${browser}/spelled.js`, import.meta.url).href)) as {
  readonly spelledName: (name: string) => string;
};

t.test('a part of a name is found by what is pasted', async (t) => {
  for (const [pasted, part] of [
    ['Gate', 'gate'],
    [' gate[.]example ', 'gate.example'],
    ['gate(dot)example', 'gate.example'],
    ['hxxps://gate[.]example/x?y#z', 'gate.example'],
    ['hxxps[:]//gate[.]example/x', 'gate.example'],
    ['http://gate.example:8080/x', 'gate.example'],
    ['https://somebody:word@gate.example/', 'gate.example'],
    ['bücher', 'bücher'],
    [' BÜCH', 'büch'],
    ['bücher。example', 'bücher.example'],
    ['https://bücher.example:8080/x', 'bücher.example'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::7', '2001:db8::7'],
  ] as const)
    t.equal(partOfName(pasted), part, pasted);
});

t.test('names spell what their A-labels stand for', async (t) => {
  const alphabets = ['abcäöüßz09', 'пример', '例え食狮公司', '한국어', 'ابتثج', '😀𐌰a-'];
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let taken = 0;
  for (let i = 0; i < 3000; i += 1) {
    const letters = [...alphabets[i % alphabets.length]!];
    const spelled = Array.from({ length: 1 + random(12) }, () => letters[random(letters.length)]).join('');
    const ascii = domainToASCII(`${spelled}.example`);
    if (ascii === '') continue;
    taken += 1;
    if (spelledName(ascii) !== domainToUnicode(ascii)) t.equal(spelledName(ascii), domainToUnicode(ascii));
  }
  t.ok(taken > 2000, `${taken} names`);
  t.equal(spelledName('a.xn--bcher-kva.xn--p1ai'), 'a.bücher.рф');
  for (const name of ['gate.example', 'xn--', 'xn---', 'xn--99999999', 'axn--bcher-kva', 'xn--\\032-kva'])
    t.equal(spelledName(name), name);
});
