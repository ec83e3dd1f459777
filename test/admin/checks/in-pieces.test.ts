// A long answer that is written in pieces is the text that it is in one.
import fastify from 'fastify';
import t from 'tap';
import { inPieces } from '../../../src/admin/checks/in-pieces.ts';
import { count, list, object, orNull, text } from '../../../src/admin/shapes.ts';

const schema = object({
  rows: list(object({ name: text, at: orNull(count) })),
  more: list(text),
  next: orNull(text),
  total: count,
});

const rows = (length: number): unknown[] =>
  Array.from({ length }, (_, i) => ({
    name: i % 7 === 0 ? '"ü\\\u2028\n' : `n${i}`,
    at: i % 3 === 0 ? null : i,
    not: 'in the schema',
  }));

t.test('the same octets, whatever the length', async (t) => {
  const app = fastify();
  const bodies = [0, 1, 100, 101, 200, 1234].flatMap((length) => [
    { rows: rows(length), more: [], next: null, total: length, not: 'in the schema' },
    { rows: [], more: Array.from({ length }, String), next: 'n', total: length },
  ]);
  for (const isWhole of [true, false])
    app.route<{ Params: { at: string } }>({
      method: 'GET',
      url: `/${isWhole}/:at`,
      schema: { response: { 200: schema } },
      handler: async ({ params }, reply) => {
        const body = bodies[Number(params.at)];
        return reply
          .type('application/json; charset=utf-8')
          .send(isWhole ? body : await inPieces(body, schema, reply));
      },
    });
  t.teardown(() => app.close());
  for (const at of bodies.keys()) {
    const [whole, pieces] = await Promise.all([true, false].map((one) => app.inject(`/${one}/${at}`)));
    t.equal(pieces?.body, whole?.body, `body ${at}`);
    t.equal(pieces?.headers['content-type'], whole?.headers['content-type']);
  }
});

t.test('what has no schema, or no list that is long, is left to be written as it is', async (t) => {
  const reply = {} as Parameters<typeof inPieces>[2];
  for (const body of [{ rows: rows(3) }, 'text', null, Buffer.from('x')]) {
    t.equal(await inPieces(body, schema, reply), body);
    t.equal(await inPieces(body, null, reply), body);
  }
});
