// What the page makes of what people paste where it looks for a name.
import t from 'tap';

Object.assign(globalThis, { location: { href: 'http://192.0.2.1/' } });

const { partOfName } = (await import(
  new URL('../../src/admin/page/browser/words.js', import.meta.url).href
)) as { readonly partOfName: (pasted: string) => string };

t.test('a part of a name is found by what is pasted', async (t) => {
  for (const [pasted, part] of [
    ['Gate', 'gate'],
    [' gate[.]example ', 'gate.example'],
    ['gate(dot)example', 'gate.example'],
    ['hxxps://gate[.]example/x?y#z', 'gate.example'],
    ['hxxps[:]//gate[.]example/x', 'gate.example'],
    ['http://gate.example:8080/x', 'gate.example'],
    ['https://somebody:word@gate.example/', 'gate.example'],
    ['bücher', 'xn--bcher-kva'],
    ['https://bücher.example:8080/x', 'xn--bcher-kva.example'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::7', '2001:db8::7'],
  ] as const)
    t.equal(partOfName(pasted), part, pasted);
});
