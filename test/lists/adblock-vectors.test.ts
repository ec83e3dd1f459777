// The table of shared data: rule, query, type, what a DNS filter must say.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { detect } from '../../src/lists/formats/detect/detect.ts';
import { askerOf, compileText } from '../support/lists-compile.ts';

const path = join(import.meta.dirname, '../../../shared/data/adblock-dns-vectors.tsv');

t.test(
  'the 45 rule/query/result rows',
  { skip: existsSync(path) ? false : 'shared data is not here' },
  async (t) => {
    const rows = readFileSync(path, 'utf8')
      .split('\n')
      .slice(2)
      .filter((row) => row !== '')
      .map((row) => row.split('\t'));
    t.equal(rows.length, 45);
    for (const [rules = '', query = '', type = '', expected = '', note = ''] of rows) {
      const text = `${rules.split(' ⏎ ').join('\n')}\n`;
      const label = `${rules} ? ${query} ${type} → ${expected} (${note})`;
      if (expected === 'reject-list') {
        t.throws(() => detect(Buffer.from(text)), { code: 'LIST_HTML' }, label);
        continue;
      }
      const result = await compileText(text, { format: 'adblock' });
      const verdict = askerOf(result)(query.includes('!') ? query.replace('!', '\\033') : query, type);
      if (expected === 'block') t.equal(verdict, 'sinkhole', label);
      else if (expected === 'warn')
        t.match(result.lists[0]?.skipped, [{ reason: 'public-suffix', count: 1 }], label);
      else if (expected === 'reject-line') t.match(result.lists[0]?.skipped, [{ reason: 'root' }], label);
      else if (expected === 'see-format')
        t.equal(verdict, 'sinkhole', `${label}: *.name covers the name and all below`);
      else if (expected.startsWith('any')) t.ok(['sinkhole', 'none'].includes(verdict), label);
      else t.equal(verdict.toLowerCase(), expected.toLowerCase(), label);
    }
  },
);
