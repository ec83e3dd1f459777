// What a list's source wants before it gives anything: read from the file or from files beside it, and never repeated.
import t from 'tap';
import { problemText } from '../../src/config/problem.ts';
import { loadText } from '../support/config-text.ts';

const list = (settings: string, source = 'https://lists.example/hosts'): string =>
  `lists:\n  ads:\n    source: "${source}"\n${settings.replaceAll(/^/gm, '    ')}\n`;
const FILES = { '/run/secrets/token': 's3cret\n', '/srv/c.pem': 'x', '/srv/k.pem': 'x' };

for (const [what, settings, credentials] of [
  ['headers', 'headers: { X-Api-Key: "file:/run/secrets/token" }', { headers: { 'x-api-key': 's3cret' }, clientCertificate: null }],
  ['a token', 'bearer: "file:/run/secrets/token"', { headers: { authorization: 'Bearer s3cret' }, clientCertificate: null }],
  ['a password', 'basic: { user: me, password: "file:/run/secrets/token" }', { headers: { authorization: `Basic ${btoa('me:s3cret')}` }, clientCertificate: null }],
  ['a certificate', 'clientCertificate: { cert: c.pem, key: k.pem }', { headers: {}, clientCertificate: { cert: '/srv/c.pem', key: '/srv/k.pem' } }],
] as const) // biome-ignore format: a row
  t.test(`${what}`, async (t) => {
    const { config, problems } = loadText(list(settings), { files: FILES });
    t.same(problems, []);
    t.same(config?.lists[0]?.credentials, credentials);
  });

t.test('a list without any has none', async (t) => {
  t.equal(loadText(list('format: hosts')).config?.lists[0]?.credentials, null);
});

for (const [what, text, message] of [
  ['credentials of a file', 'lists: { a: { names: [a.example], bearer: t0ken } }', /`bearer` is for `https:\/\/` sources/],
  ['a name that is none', list('headers: { "X Key": t0ken }'), /`X Key` is not the name of a header/],
  ['a header of the request itself', list('headers: { Host: t0ken }'), /the header `Host` is cenote's own/],
  ['a value of two lines', list('headers: { X-Key: "t0ken\\nevil: 1" }'), /the value holds what no header may/],
  ['a token with a blank', list('bearer: "t0ken t0ken"'), /the token holds what no token may/],
  ['two of a kind', list('bearer: t0ken\nbasic: { user: me, password: t0ken }'), /the header `authorization` is given twice/],
  ['a password in the URL too', list('bearer: t0ken', 'https://me:t0ken@lists.example/'), /the URL holds a password too/],
  ['a certificate over http', list('clientCertificate: { cert: c.pem, key: k.pem }', 'http://lists.example/'), /is for `https:\/\/` sources/],
  ['a certificate that is not there', list('clientCertificate: { cert: none.pem, key: k.pem }'), /`none\.pem` is not there/],
  ['a URL that is none', list('format: hosts', 'https://me:t0ken@lists example/?token=t0ken'), /is not a URL/],
] as const) // biome-ignore format: a row
  t.test(`${what}: told, and no secret repeated`, async (t) => {
    const { config, problems } = loadText(text, { files: FILES });
    t.equal(config, null);
    t.match(problems.map(problemText).join('\n'), message);
    t.notMatch(problems.map(({ message }) => message).join('\n'), /t0ken/);
  });

t.test('a secret over http is worth a warning', async (t) => {
  const { warnings } = loadText(list('bearer: t0ken', 'http://lists.example/hosts'));
  t.match(warnings, [{ message: '`bearer` is sent unencrypted over `http://`' }]);
});
