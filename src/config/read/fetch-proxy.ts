// `fetch` by the proxy of the environment, as lists are fetched: webhooks and OpenID providers of an office that has no other way out.

let isDone = false;

/** Before the first `fetch` of a thread. Without `HTTPS_PROXY` or `HTTP_PROXY` it costs nothing. This machine is always asked directly. */
export function fetchByProxy(environment: Readonly<Record<string, string | undefined>> = process.env): void {
  if (isDone) return;
  isDone = true;
  const of = (variable: string): string => environment[variable] ?? environment[variable.toUpperCase()] ?? '';
  const [http_proxy, https_proxy, no_proxy] = [of('http_proxy'), of('https_proxy'), of('no_proxy')];
  if (http_proxy === '' && https_proxy === '') return;
  process.getBuiltinModule('node:http').setGlobalProxyFromEnv({
    http_proxy: withScheme(http_proxy),
    https_proxy: withScheme(https_proxy),
    no_proxy: [no_proxy, 'localhost', '127.0.0.1', '[::1]', '::1'].filter((part) => part !== '').join(','),
  });
}

const withScheme = (url: string): string => (url === '' || url.includes('://') ? url : `http://${url}`);
