// What a start says: a name to try that a shell leaves alone and that is blocked by itself, and where the page is.
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../../src/config/load.ts';
import { realFiles } from '../../../src/config/read/files.ts';
import { banner } from '../../../src/daemon/greeting/banner.ts';
import { exampleName } from '../../../src/daemon/greeting/example.ts';
import { CERTIFICATE } from '../../support/listen-certificate.ts';
import { ruleSetOf } from '../../support/rule-set.ts';

t.test(
  'names that need escapes, rules for what is below, with conditions or that are over are no examples',
  async (t) => {
    const lists = [
      { name: 'c2', alert: true },
      { name: 'old', expires: '2026-01-02' },
    ];
    const strange = [
      { list: 'c2', names: ['sp\\032ace.test', 'a\\;b.test'] },
      { list: 'c2', names: ['below.test'], rule: { scope: 'below' } },
      { list: 'c2', names: ['typed.test'], rule: { types: [28] } },
      { list: 'old', names: ['over.test'] },
    ] as const;
    const now = Date.UTC(2026, 0, 2);
    t.equal(exampleName(ruleSetOf(lists, strange), now), null);
    t.equal(
      exampleName(ruleSetOf(lists, [...strange, { list: 'c2', names: ['evil.test'] }]), now),
      'evil.test',
    );
    t.equal(exampleName(ruleSetOf(lists, strange), now - 1), 'over.test');
  },
);

t.test('the page is where the start says it is', async (t) => {
  const { cert, key } = { cert: 'cert.pem', key: 'key.pem' };
  const dir = t.testdir({ [cert]: CERTIFICATE.cert, [key]: CERTIFICATE.key });
  const said = (admin: string, bound: string): string | undefined => {
    const text = `listen: { admin: ${admin}, tlsCertificate: { cert: ${join(dir, cert)}, key: ${join(dir, key)} } }\n`;
    const file = join(dir, 'c.yaml');
    const read = (path: string, most: number) =>
      path === file ? Buffer.from(text) : realFiles.read(path, most);
    const { config, problems } = loadConfig({ file, environment: {}, files: { ...realFiles, read } });
    if (config === null) throw new Error(JSON.stringify(problems));
    return /^ +admin +(.*)$/m.exec(
      banner({ config, lists: [], bound: [], admin: bound, example: null }),
    )?.[1];
  };
  t.equal(said('"127.0.0.1:5380"', '127.0.0.1:5380'), 'http://127.0.0.1:5380');
  const two = '{ address: ["127.0.0.1:5380", "[::1]:5380"], tls: true }';
  t.equal(said(two, '127.0.0.1:5380, [::1]:5380'), 'https://127.0.0.1:5380, https://[::1]:5380');
  t.equal(
    said('{ socket: /run/cenote/admin.sock }', '/run/cenote/admin.sock'),
    '/run/cenote/admin.sock (Unix socket)',
  );
});
