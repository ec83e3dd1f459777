// A name of which nothing is said but that it is one is what the rules take, each of them asked.
import { createRequire } from 'node:module';
import t from 'tap';
import { judge } from '../../src/report/judge.ts';
import { OPERATORS } from '../../src/report/known/operators.ts';
import { isSharedHost } from '../../src/report/known/shared-hosts.ts';
import { isOfGovernment, registrationOf } from '../../src/report/known/suffix.ts';
import { isUsualName } from '../../src/report/known/usual-name.ts';
import { plainHost } from '../../src/report/text/plain-host.ts';
import { SeededRandom } from '../support/upstream-asker.ts';

/** Every rule of the list of public suffixes, and some names beside, above and below each. */
function namesAroundSuffixes(): string[] {
  const table = createRequire(import.meta.url)('tldts/dist/cjs/src/data/trie.js') as {
    edgeStart: ArrayLike<number>;
    edgeLength: ArrayLike<number>;
    edgeChild: ArrayLike<number>;
    labelText: string;
    rulesRoot: number;
    exceptionsRoot: number;
  };
  let end = 0;
  const offsets = Array.from(table.edgeLength, (length) => {
    end += length;
    return end - length;
  });
  const names: string[] = [];
  const walk = (node: number, above: string): void => {
    for (let edge = table.edgeStart[node]!; edge < table.edgeStart[node + 1]!; edge += 1) {
      const label = table.labelText.slice(offsets[edge], offsets[edge]! + table.edgeLength[edge]!);
      const name = `${label === '*' ? 'any' : label}${above}`;
      names.push(name, `a.${name}`);
      if (names.length % 7 === 0) names.push(`www.${name}`, `ftp.a.${name}`, `x${name}`);
      walk(table.edgeChild[edge]!, `.${name}`);
    }
  };
  walk(table.rulesRoot, '');
  walk(table.exceptionsRoot, '');
  return names;
}

const isTaken = (name: string): boolean => {
  const candidate = plainHost(name);
  if (candidate === null) return false;
  const judged = judge(candidate);
  return judged.kind === 'take' && judged.name === name && judged.printed === name;
};

const refusedOf = (names: readonly string[]): string[] =>
  names.filter((name) => isUsualName(name) && !isTaken(name));

t.test('no suffix, nothing above one and no shared host is a usual name', (t) => {
  const shared = [...OPERATORS].flatMap((name) => [name, `www.${name}`, `a.b.${name}`]);
  t.strictSame(refusedOf(namesAroundSuffixes()), []);
  t.strictSame(refusedOf(shared), []);
  t.strictSame(shared.filter(isUsualName), []);
  const usual = namesAroundSuffixes().filter(isUsualName);
  t.strictSame(
    usual.filter((name) => isSharedHost(name) || registrationOf(name) === 'suffix'),
    [],
    'lists ask these two of the others only',
  );
  t.strictSame(usual.filter(isOfGovernment), ['a.mil', 'a.gov'], 'and whose it is of all');
  t.end();
});

t.test('what is put together of parts that mean something is usual only where the rules take it', (t) => {
  const random = new SeededRandom(14);
  const parts =
    'a www ftp ns1 google amazon yandex example your-domain mycompany my-bank yourbank rhino acme ab-xxx xxxx s3 storage idrivee2-7 f123 com org net co uk de ck io test local lan zip exe sh py 7 0x1f xn--p1ai -a a- a_b evil x1 amazonaws windows core blob github sharepoint onion'.split(
      ' ',
    );
  const names = Array.from({ length: 6000 }, () =>
    Array.from({ length: 1 + (random.u16() % 4) }, () => parts[random.u16() % parts.length]).join(
      random.u16() % 50 === 0 ? '..' : '.',
    ),
  );
  t.strictSame(refusedOf(names), []);
  const usual = ['evil.test', 'a.evil.de', 'evil.onion', 'x1.a.org', 'ftp.evil.net'];
  t.strictSame(usual.filter(isUsualName), usual);
  const others = [
    'com',
    'co.uk',
    'a.co.uk',
    'evil.ck',
    'Evil.test',
    'evil.test.',
    'evil.7',
    'evil.exe',
    'mycompany.com',
    'rhino.acme.com',
    'my-bank.org',
    'ab-xxx.ru',
    'www.company.com',
    'nas.lan',
    `${'l'.repeat(64)}.test`,
    `${'a.'.repeat(127)}test`,
  ];
  t.strictSame(others.filter(isUsualName), []);
  t.end();
});
