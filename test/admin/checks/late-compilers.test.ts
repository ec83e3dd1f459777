// Schemas of routes are compiled when a route is first asked: here all are, so that none is found to be wrong by a user.
import ajvCompiler from '@fastify/ajv-compiler';
import serializerSelector from '@fastify/fast-json-stringify-compiler';
import t from 'tap';
import { CHECKS, lateCompilers } from '../../../src/admin/checks/late-compilers.ts';
import { bareDoor } from '../../../src/admin/door/door.ts';
import { Metrics } from '../../../src/admin/metrics/metrics.ts';
import { routesFor } from '../../../src/admin/routes.ts';
import { stateOf } from '../../support/admin-state.ts';

interface Compiled {
  (data: unknown): unknown;
  errors?: readonly object[] | null;
}
type Compile = (route: object) => Compiled;
const made = (factory: unknown): Compile =>
  (factory as (schemas: object, options: object) => Compile)({}, { customOptions: CHECKS });

function whyNot(compile: Compile, schema: object): string | null {
  try {
    compile({ schema });
    return null;
  } catch (error) {
    return String(error);
  }
}

t.test('every schema of every route can be compiled', async (t) => {
  const [check, write] = [made(ajvCompiler()), made(serializerSelector())];
  const state = stateOf();
  const parts = { state, metrics: new Metrics(state), door: bareDoor('', () => 0) };
  const routes = routesFor({ ...parts, metricsEnabled: () => true, now: () => 0 });
  t.ok(routes.length > 50);
  const wrong = routes.flatMap(({ path, params, query, body, response }) => {
    const asked = [params, query, body].filter((schema) => schema !== null);
    const why = asked.map((schema) => whyNot(check, schema));
    if (response !== null) why.push(whyNot(write, response));
    return why.filter((one) => one !== null).map((one) => `${path}: ${one}`);
  });
  t.same(wrong, []);
  t.match(
    [whyNot(check, { type: 'none' }), whyNot(write, { type: 'none' })],
    [/schema is invalid/, /schema is invalid/],
  );
});

t.test('a schema costs nothing before it is asked, and then says what is wrong', async (t) => {
  const [check, write] = [made(lateCompilers.buildValidator), made(lateCompilers.buildSerializer)];
  for (const compile of [check, write])
    t.throws(() => compile({ schema: { type: 'none' } })({}), /schema is invalid/);
  const properties = { name: { type: 'string' } };
  const named = check({ schema: { type: 'object', required: ['name'], properties } });
  t.equal(named({ name: 'till-3' }), true);
  t.equal(named.errors, null);
  t.equal(named({}), false);
  t.match(named.errors, [{ keyword: 'required', params: { missingProperty: 'name' } }]);
  t.equal(
    write({ schema: { type: 'object', properties } })({ name: 'till-3', secret: 1 }),
    '{"name":"till-3"}',
  );
});
