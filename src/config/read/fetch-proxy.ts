// The proxy that the environment names, for lists and for `fetch`: webhooks and OpenID providers of an office that has no other way out.

type Environment = Readonly<Record<string, string | undefined>>;
type Variable = 'HTTPS_PROXY' | 'HTTP_PROXY' | 'NO_PROXY';

/** In small letters first, as curl and Go have it. */
export const variableOf = (environment: Environment, variable: Variable): string =>
  (environment[variable.toLowerCase()] ?? environment[variable] ?? '').trim();

/** @returns null for none @throws Error when the variable holds no URL of a proxy */
function proxyIn(environment: Environment, variable: Exclude<Variable, 'NO_PROXY'>): URL | null {
  const given = variableOf(environment, variable);
  if (given === '') return null;
  const text = given.includes('://') ? given : `http://${given}`;
  const proxy = URL.canParse(text) ? new URL(text) : null;
  if (proxy === null || !/^https?:$/.test(proxy.protocol))
    throw new Error(
      `${variable} in the environment holds no http:// or https:// URL; write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT`,
    );
  proxy.username = wellEncoded(proxy.username);
  proxy.password = wellEncoded(proxy.password);
  return proxy;
}

/** A percent sign that encodes nothing stands for itself; Node's `fetch` would not read it. */
function wellEncoded(part: string): string {
  try {
    decodeURIComponent(part);
    return part;
  } catch {
    return part.replaceAll('%', '%25');
  }
}

/** Whatever `NO_PROXY` says. @throws Error as `proxyIn` */
export const proxyFromEnvironment = (url: URL, environment: Environment): URL | null =>
  proxyIn(environment, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');

let isDone = false;

/**
 * Before each `fetch`; the first in a thread counts. Without `HTTPS_PROXY` or `HTTP_PROXY` it costs nothing. This machine is always asked
 * directly.
 * @throws Error when a variable holds no URL of a proxy: what is to go through one does not go past it
 */
export function fetchByProxy(environment: Environment = process.env): void {
  if (isDone) return;
  const [http, https] = [proxyIn(environment, 'HTTP_PROXY'), proxyIn(environment, 'HTTPS_PROXY')];
  if (http !== null || https !== null)
    process.getBuiltinModule('node:http').setGlobalProxyFromEnv({
      ...(http !== null && { http_proxy: http.href }),
      ...(https !== null && { https_proxy: https.href }),
      no_proxy: [variableOf(environment, 'NO_PROXY'), 'localhost', '127.0.0.1', '[::1]', '::1']
        .filter((part) => part !== '')
        .join(','),
    });
  isDone = true;
}

/** The proxy that `fetch` could not connect to, by the port of the error; null where it was somebody else. */
export function proxyThatFailed(
  url: URL,
  error: unknown,
  environment: Environment = process.env,
): URL | null {
  const { syscall, port } = error as { readonly syscall?: unknown; readonly port?: unknown };
  if (syscall !== 'connect' || portOf(url) === port) return null;
  const proxy = proxyFromEnvironment(url, environment);
  return proxy !== null && portOf(proxy) === port ? proxy : null;
}

export const portOf = (url: URL): number =>
  url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);

/** Where it listens, without its password. */
export const nameOfProxy = (proxy: URL): string => `the proxy ${proxy.hostname}:${portOf(proxy)}`;
