import t from 'tap';
import { readHead } from '../../../src/listen/http/dns-request.ts';

const POST = { method: 'POST', url: '/dns-query', headers: { 'content-type': 'application/dns-message' } };

function get(parameters: string): unknown {
  const asked = readHead({ method: 'GET', url: `/dns-query${parameters}`, headers: {} });
  return asked.kind === 'message'
    ? Buffer.from(asked.message).toString('hex')
    : asked.kind === 'refused' && asked.status;
}

t.test('a GET carries its message in base64url, with padding or without', async (t) => {
  t.equal(get('?dns=AAABAAAB'), '000001000001');
  t.equal(get('?x=1&dns=_-8'), 'ffef');
  t.equal(get('?dns=_-8='), 'ffef');
  t.equal(get('?dns=_%2D8'), 'ffef');
});

t.test('a GET whose parameter is no base64url is refused', async (t) => {
  for (const bad of [
    '',
    '?',
    '?dns',
    '?dns=',
    '?dns=a',
    '?dns=a+b/',
    '?dns=%00',
    '?dns=%zz%',
    '?DNS=AAAB',
    '?dns=ü',
  ])
    t.equal(get(bad), 400, bad);
  t.equal(get(`?dns=${'A'.repeat(87_380)}`), '00'.repeat(65_535));
  t.equal(get(`?dns=${'A'.repeat(87_384)}`), 414);
});

t.test('other paths, methods, types and sizes are refused by their head', async (t) => {
  t.same(readHead(POST), { kind: 'body' });
  t.same(readHead({ ...POST, headers: { 'content-type': 'Application/DNS-Message; x=y' } }), {
    kind: 'body',
  });
  for (const [change, status] of [
    [{ url: '/' }, 404],
    [{ url: '/dns-query/' }, 404],
    [{ url: '//dns-query' }, 404],
    [{ url: undefined }, 404],
    [{ method: 'PUT' }, 405],
    [{ method: 'HEAD' }, 405],
    [{ headers: {} }, 415],
    [{ headers: { 'content-type': 'application/json' } }, 415],
    [{ headers: { ...POST.headers, 'content-length': '65536' } }, 413],
  ] as const)
    t.same(readHead({ ...POST, ...change }), { kind: 'refused', status });
});
