// Asks the API, and tells apart: no answer, nobody signed in, and an answer that says what is wrong. Who asks is in a cookie that no
// script sees.
const PATIENCE_MS = 20_000;
/** A list is compiled, a report read, a history searched. */
const LONG_MS = 310_000;

/** `silent`: no answer of cenote's; `door`: nobody is signed in; `said`: cenote says what is wrong. */
export class Failure extends Error {
  /** @param {'silent' | 'door' | 'said'} kind @param {string} message @param {string} [code] */
  constructor(kind, message, code = '') {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * GET, or POST where there is a body.
 * @template T
 * @param {string} path @param {object} [body] @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 * @throws {Failure}
 */
export async function ask(path, body, signal) {
  const response = await sent(
    path,
    body === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
    body === undefined ? PATIENCE_MS : LONG_MS,
    signal,
  );
  return /** @type {Promise<T>} */ (jsonOf(response));
}

/** What is downloaded, as text, whether it is not all of it, and of which time it speaks. @param {string} path */
export async function askFile(path) {
  const response = await sent(path, {}, LONG_MS);
  const known = /** @type {unknown} */ (JSON.parse(response.headers.get('x-cenote-known') ?? 'null'));
  return { text: await response.text(), isCut: response.headers.has('x-cenote-cut'), known };
}

/**
 * Server-sent events, each as its JSON, until the other side ends or the signal does.
 * @template T
 * @param {string} path @param {(event: T, type: string) => void} told @param {AbortSignal} signal
 */
export async function follow(path, told, signal) {
  const response = await sent(path, { headers: { accept: 'text/event-stream' } }, LONG_MS, signal);
  if (response.body === null) throw new Failure('silent', 'cenote does not answer.');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const lines = event.split('\n');
        const data = lines.find((line) => line.startsWith('data: '));
        const type = lines.find((line) => line.startsWith('event: '))?.slice(7) ?? 'message';
        if (data !== undefined) told(JSON.parse(data.slice(6)), type);
      }
    }
  } catch {
    throw new Failure('silent', 'cenote does not answer.');
  }
}

/** @param {string} path @param {RequestInit} options @param {number} patienceMs @param {AbortSignal} [signal] */
async function sent(path, options, patienceMs, signal) {
  const isStream = options.headers !== undefined && 'accept' in options.headers;
  const late = isStream ? [] : [AbortSignal.timeout(patienceMs)];
  const ends = AbortSignal.any([...late, ...(signal === undefined ? [] : [signal])]);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(`api/v1/${path}`, { ...options, signal: ends });
  } catch {
    throw new Failure('silent', 'cenote does not answer.');
  }
  // At the door itself it is said what was wrong.
  if (response.status === 401 && path !== 'sign-in') throw new Failure('door', '');
  if (!response.ok) {
    const { error } = /** @type {{ error?: { message?: string, code?: string } }} */ (await jsonOf(response));
    throw new Failure(
      'said',
      sentence(error?.message ?? `cenote answers with status ${response.status}`),
      error?.code,
    );
  }
  return response;
}

/** What a proxy says in cenote's place is no JSON, and no answer. @param {Response} response */
async function jsonOf(response) {
  try {
    return /** @type {unknown} */ (await response.json());
  } catch {
    throw new Failure('silent', 'cenote does not answer.');
  }
}

/** @param {string} text */
const sentence = (text) =>
  text.startsWith('cenote') ? text : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** `?a=1&b=2` of what is said. @param {Record<string, string | number | null | undefined>} values */
export function queryOf(values) {
  const said = Object.entries(values).flatMap(([name, value]) =>
    value === '' || value === null || value === undefined ? [] : [[name, String(value)]],
  );
  return said.length === 0 ? '' : `?${new URLSearchParams(said)}`;
}
