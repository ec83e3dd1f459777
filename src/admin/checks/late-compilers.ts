// What checks a route's requests, and what writes its answers, is compiled when the route is first asked: for all routes at once,
// at the first request of all, it took 30 MB and most of a second, and a daemon is asked for few of them.
//
// A schema that cannot be compiled would be found late: test/admin/checks/late-compilers.test.ts compiles them all.
import type { ValidatorFactory } from '@fastify/ajv-compiler';
import ajvCompiler from '@fastify/ajv-compiler';
import type { SerializerFactory } from '@fastify/fast-json-stringify-compiler';
import serializerSelector from '@fastify/fast-json-stringify-compiler';
import { DESCRIBED } from '../shapes.ts';

/** A check that fails leaves its reasons in `errors`. */
interface Compiled {
  (data: unknown): unknown;
  errors?: unknown;
}
type Factory = (schemas: object, options: object) => (route: object) => Compiled;

/** Of ajv: what comes is refused as it is, not mended. */
export const CHECKS = {
  removeAdditional: false,
  coerceTypes: false,
  useDefaults: true,
  allErrors: false,
  verbose: true,
  keywords: [DESCRIBED],
};

/** What fastify compiles schemas with. */
export const lateCompilers = {
  buildValidator: late(ajvCompiler() as Factory) as ValidatorFactory,
  buildSerializer: late(serializerSelector() as unknown as Factory) as SerializerFactory,
};

function late(factory: Factory): Factory {
  return (schemas, options) => {
    const compile = factory(schemas, options);
    return (route) => {
      let made: Compiled | null = null;
      const compiled: Compiled = (data) => {
        made ??= compile(route);
        const outcome = made(data);
        compiled.errors = made.errors;
        return outcome;
      };
      return compiled;
    };
  };
}
