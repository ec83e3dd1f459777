// What an HTTP request asks for (RFC 8484 §4.1), judged by its head alone.

const PATH = '/dns-query';
export const DNS_MESSAGE = 'application/dns-message';
const MESSAGE_OCTETS_MAX = 65_535;
/** base64url of the longest message. */
const PARAMETER_LENGTH_MAX = Math.ceil((MESSAGE_OCTETS_MAX * 4) / 3);

export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
}

/** What follows the path where the client says which it is: `/dns-query/till-3`; null: nothing, or no such thing. */
export function labelOf(url: string | undefined): string | null {
  return /^\/dns-query\/([A-Za-z0-9-]{1,63})\/?(?:\?|$)/.exec(url ?? '')?.[1] ?? null;
}

/** The message a GET carries, `body` when it is still to come, or the status that refuses it. */
export type Asked =
  | { readonly kind: 'message'; readonly message: Uint8Array }
  | { readonly kind: 'body' }
  | { readonly kind: 'refused'; readonly status: number };

const refused = (status: number): Asked => ({ kind: 'refused', status });
export const NOT_FOUND: Asked = refused(404);

export function readHead({ method, url = '', headers }: RequestHead): Asked {
  const mark = url.indexOf('?');
  if ((mark < 0 ? url : url.slice(0, mark)) !== PATH && labelOf(url) === null) return NOT_FOUND;
  if (method === 'GET') return mark < 0 ? refused(400) : readParameter(url.slice(mark + 1));
  if (method !== 'POST') return refused(405);
  const type = String(headers['content-type'] ?? '');
  if (type.split(';', 1)[0]?.trim().toLowerCase() !== DNS_MESSAGE) return refused(415);
  if (Number(headers['content-length'] ?? 0) > MESSAGE_OCTETS_MAX) return refused(413);
  return { kind: 'body' };
}

function readParameter(parameters: string): Asked {
  const text = new URLSearchParams(parameters).get('dns')?.replace(/={1,2}$/, '') ?? '';
  if (text.length > PARAMETER_LENGTH_MAX) return refused(414);
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) return refused(400);
  return { kind: 'message', message: Buffer.from(text, 'base64url') };
}
