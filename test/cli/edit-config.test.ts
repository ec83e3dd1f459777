// The configuration edited by a command: comments kept, others' settings as they were, and never left with a mistake.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { editConfig } from '../../src/cli/edit-config.ts';
import { addListEntry, addToGroups, takeFromGroups } from '../../src/daemon/editing/lists-section.ts';

const TEXT = `# who wrote this
lists:
  a: { names: [a.example] } # the first
groups:
  default:
    clients: [any]
    lists: &usual [a] # what all have
  kids: { clients: ["192.0.2.0/24"], lists: *usual }
# the end
`;

t.test(
  'a list is added to the groups that are named, and to no other that shares an alias with them',
  (t) => {
    const folder = t.testdir({ 'c.yaml': TEXT });
    const file = join(folder, 'c.yaml');
    editConfig(file, (edit) => {
      addListEntry(edit.document, 'b', { names: ['b.example'] });
      t.strictSame(addToGroups(edit.document, 'b', ['kids', 'kids']), ['kids']);
      return true;
    });
    const text = readFileSync(file, 'utf8');
    for (const comment of ['# who wrote this', '# the first', '# what all have', '# the end'])
      t.match(text, comment);
    t.match(parse(text), {
      lists: { a: { names: ['a.example'] }, b: { names: ['b.example'] } },
      groups: { default: { lists: ['a'] }, kids: { lists: ['a', 'b'] } },
    });
    editConfig(file, (edit) => {
      t.strictSame(takeFromGroups(edit.document, 'b'), ['kids']);
      return edit.document.deleteIn(['lists', 'b']);
    });
    t.strictSame(parse(readFileSync(file, 'utf8')).groups.kids.lists, ['a']);
    t.end();
  },
);

t.test('a configuration without lists gets the section', (t) => {
  for (const [name, text] of Object.entries({ empty: '', nothing: 'lists:\n', comment: '# mine\n' })) {
    const file = join(t.testdir({ 'c.yaml': text }), 'c.yaml');
    editConfig(file, (edit) => {
      addListEntry(edit.document, 'b', { names: ['b.example'] });
      return true;
    });
    t.strictSame(parse(readFileSync(file, 'utf8')).lists, { b: { names: ['b.example'] } }, name);
  }
  t.end();
});

t.test('what would be a mistake is not written, and nothing is left beside the file', (t) => {
  const folder = t.testdir({ 'c.yaml': TEXT, 'broken.yaml': 'lists: {', 'list.yaml': '- a\n' });
  const file = join(folder, 'c.yaml');
  const adding = (settings: object, groups: string[]) => (): unknown =>
    editConfig(file, (edit) => {
      addListEntry(edit.document, 'b', settings);
      addToGroups(edit.document, 'b', groups);
      return true;
    });
  t.throws(adding({ source: 'not-there.txt' }, ['kids']), {
    exitCode: 2,
    message: /would have a mistake, nothing was changed: .*not-there\.txt.* \([^)]*\/c\.yaml:\d+:\d+\)$/,
  });
  t.throws(adding({ names: ['b.example'] }, ['nobody']), {
    exitCode: 2,
    message: /groups are default, kids/,
  });
  t.throws(adding({ names: ['b.example'] }, []), { exitCode: 2, message: /no group/ });
  for (const broken of ['broken.yaml', 'list.yaml', 'absent.yaml'])
    t.throws(() => editConfig(join(folder, broken), () => true), { exitCode: 2, message: broken });
  t.equal(readFileSync(file, 'utf8'), TEXT);
  t.strictSame(readdirSync(folder).sort(), ['broken.yaml', 'c.yaml', 'list.yaml']);
  t.end();
});
