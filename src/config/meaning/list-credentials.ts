// What a list's source asks for before it gives anything: headers, a token, a password, a client certificate.
import type { ListCredentials } from '../meant/lists.ts';
import type { Path } from '../problem.ts';
import { findFile } from '../read/files.ts';
import type { ConfigFile } from '../schema.ts';
import { quote } from '../values/parsed.ts';
import { basicAuthorization } from '../values/shown-url.ts';
import type { Findings } from './findings.ts';

type ListFile = ConfigFile['lists'][string];

const KEYS = ['headers', 'bearer', 'basic', 'clientCertificate'] as const;
/** RFC 9110 §5.6.2. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 §5.5, without octets beyond ASCII. */
const FIELD_VALUE = /^[\x20-\x7e\t]*$/;
/** What the request itself is made of. */
const OURS =
  /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|range|if-.*|accept-encoding|expect)$/i;

/** Null for a list that has none. */
export function resolveCredentials(path: Path, list: ListFile, findings: Findings): ListCredentials | null {
  const [first] = KEYS.filter((key) => list[key] !== undefined);
  if (first === undefined) return null;
  const url = URL.parse((list.source ?? '').replace(/^(taxii|misp)\+/i, ''));
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!isHttp) {
    findings.complain([...path, first], `\`${first}\` is for \`https://\` sources`, 'remove it', 'key');
    return null;
  }
  if (url.protocol === 'http:')
    findings.warn(
      [...path, first],
      `\`${first}\` is sent unencrypted over \`http://\``,
      'name an `https://` source',
    );
  const headers = new Map<string, string>();
  const add = (name: string, value: string, where: Path): void => {
    if (headers.has(name))
      findings.complain(
        where,
        `the header \`${name}\` is given twice`,
        'use one of `headers`, `bearer` and `basic`',
      );
    headers.set(name, value);
  };
  for (const [name, value] of Object.entries(list.headers ?? {})) {
    const where = [...path, 'headers', name];
    if (!FIELD_NAME.test(name))
      findings.complain(
        where,
        `${quote(name)} is not the name of a header`,
        'write one such as `X-Api-Key`',
        'key',
      );
    else if (OURS.test(name))
      findings.complain(where, `the header ${quote(name)} is cenote's own`, 'remove it', 'key');
    else if (!FIELD_VALUE.test(value))
      findings.complain(where, 'the value holds what no header may', 'it is one line of ASCII');
    else add(name.toLowerCase(), value, where);
  }
  if (list.bearer !== undefined) {
    if (!/^[\x21-\x7e]+$/.test(list.bearer))
      findings.complain(
        [...path, 'bearer'],
        'the token holds what no token may',
        'it is ASCII without blanks',
      );
    else add('authorization', `Bearer ${list.bearer}`, [...path, 'bearer']);
  }
  if (list.basic !== undefined) {
    const { user, password } = list.basic;
    if (user.includes(':'))
      findings.complain([...path, 'basic', 'user'], 'a user name holds no colon', 'see RFC 7617');
    add('authorization', basicAuthorization(`${user}:${password}`), [...path, 'basic']);
  }
  if (headers.has('authorization') && (url.username !== '' || url.password !== ''))
    findings.complain([...path, 'source'], 'the URL holds a password too', 'keep one of them');
  return {
    headers: Object.fromEntries(headers),
    clientCertificate: certificateOf(path, list, url, findings),
  };
}

function certificateOf(
  path: Path,
  { clientCertificate }: ListFile,
  url: URL,
  findings: Findings,
): ListCredentials['clientCertificate'] {
  if (clientCertificate === undefined) return null;
  if (url.protocol !== 'https:')
    findings.complain(
      [...path, 'clientCertificate'],
      'a client certificate is for `https://` sources',
      'name an `https://` source',
      'key',
    );
  const [cert = '', key = ''] = (['cert', 'key'] as const).map((part) => {
    const { path: found, tried, fault } = findFile(clientCertificate[part], findings.places);
    if (found === null)
      findings.complain(
        [...path, 'clientCertificate', part],
        `${quote(clientCertificate[part])} ${fault}`,
        `looked for ${tried.join(' and ')}`,
      );
    return found ?? '';
  });
  return { cert, key };
}
