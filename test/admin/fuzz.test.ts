// Every operation that openapi.json tells of, with what no client should send: an error with a code of ours, and never a fault of ours.
import { Agent } from 'node:http';
import t from 'tap';
import { openAdmin } from '../../src/admin/server.ts';
import { ERROR_CODES } from '../../src/config/error-codes.ts';
import { ask, stateOf } from '../support/admin-state.ts';

const TOKEN = 't'.repeat(43);
const CODES: ReadonlySet<string> = new Set(Object.values(ERROR_CODES).flatMap((part) => Object.keys(part)));

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
}
interface BodySchema {
  readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required?: readonly string[];
}
interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: BodySchema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}
interface Case {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  /** Whether it must be refused, whatever it says else. */
  readonly isWrong: boolean;
}

const TEXTS = [
  '',
  ' ',
  '-1',
  '99999999999999999999',
  '1e309',
  'NaN',
  '../..',
  '%00',
  '\'"<>;--',
  '\u202eabc\u0000',
  '💥',
  '\ud800',
  'x'.repeat(300),
  'x'.repeat(3900),
];
const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  [[]],
  [null],
  { a: { b: [] } },
  '',
  '\u202eabc\u0000',
  'x'.repeat(3900),
];

const escaped = (text: string): string => encodeURIComponent(text.toWellFormed()) || '%20';

function usual(schema: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  if (type === 'boolean') return true;
  if (type === 'array') return ['x'];
  if (type === 'object') return {};
  return type === 'string' ? 'x' : 1;
}

function* casesOf(path: string, method: string, operation: Operation): Iterable<Case> {
  const inPath = operation.parameters.filter((one) => one.in === 'path');
  const inQuery = operation.parameters.filter((one) => one.in === 'query');
  const filled = (text: string): string =>
    inPath.reduce((whole, { name }) => whole.replace(`{${name}}`, escaped(text)), path);
  const plain = filled('x');
  const schema = operation.requestBody?.content['application/json']?.schema ?? null;
  const properties = schema?.properties ?? {};
  const required = schema?.required ?? [];
  const whole = Object.fromEntries(required.map((name) => [name, usual(properties[name] ?? {})]));
  const body = schema === null ? {} : { body: JSON.stringify(whole) };
  yield { method, path: plain, ...body, isWrong: false };
  yield { method, path: `${plain}?surely-unknown=1`, ...body, isWrong: true };
  yield { method: 'DELETE', path: plain, body: '{}', isWrong: true };
  if (inPath.length > 0)
    for (const text of TEXTS) yield { method, path: filled(text), ...body, isWrong: false };
  for (const { name } of inQuery) {
    yield { method, path: `${plain}?${name}=a&${name}=b`, ...body, isWrong: true };
    for (const text of TEXTS)
      yield { method, path: `${plain}?${name}=${escaped(text)}`, ...body, isWrong: false };
  }
  if (schema === null) return;
  for (const text of ['', '{', 'null', '[]', '1', '"x"', '{"a":1,}', '{"__proto__":{}}', '{"constructor":1}'])
    yield { method, path: plain, body: text, isWrong: true };
  yield { method, path: plain, body: JSON.stringify({ ...whole, surelyUnknown: 1 }), isWrong: true };
  for (const name of required)
    yield { method, path: plain, body: JSON.stringify({ ...whole, [name]: undefined }), isWrong: true };
  for (const name of Object.keys(properties))
    for (const value of VALUES)
      yield { method, path: plain, body: JSON.stringify({ ...whole, [name]: value }), isWrong: false };
}

t.test('whatever is sent to any operation, the answer is as described or an error with a code', async (t) => {
  const faults: string[] = [];
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state: stateOf(),
    token: TOKEN,
    metricsEnabled: () => true,
    report: (error) =>
      void faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  t.teardown(async () => {
    agent.destroy();
    await server.close();
  });
  const authorization = `Bearer ${TOKEN}`;
  const send = ({ method, path, body }: Case) =>
    ask(server.bound, path, {
      method,
      agent,
      headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body }),
    });
  const { json } = await send({ method: 'GET', path: '/api/v1/openapi.json', isWrong: false });
  const { paths } = json as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
  const wrong: string[] = [];
  let count = 0;
  for (const [path, operations] of Object.entries(paths))
    for (const [method, operation] of Object.entries(operations)) {
      const isStream = operation.responses['200']?.content?.['text/event-stream'] !== undefined;
      // A stream does not end: only what is refused.
      const cases = [...casesOf(path, method.toUpperCase(), operation)].filter(
        (one) => !isStream || one.isWrong,
      );
      await Promise.all(
        cases.map(async (one) => {
          const answer = await send(one);
          const code = (answer.json as { readonly error?: { readonly code?: unknown } } | undefined)?.error
            ?.code;
          const isRefused = answer.status >= 400;
          // 503 is also how /healthz and /readyz say what they are asked.
          const isRight = isRefused ? CODES.has(String(code)) && answer.status < 500 : !one.isWrong;
          if (!isRight)
            wrong.push(`${one.method} ${one.path} ${one.body ?? ''}: ${answer.status} ${String(code)}`);
        }),
      );
      count += cases.length;
    }
  t.same(
    wrong.map((one) => one.slice(0, 300)),
    [],
  );
  t.same(faults, []);
  t.ok(count > 1000, `${count} questions`);
});
