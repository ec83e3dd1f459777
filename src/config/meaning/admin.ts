// `listen.admin` as meant: the short form spelled out, and a way in for everybody who is named.
import { resolve } from 'node:path';
import { type AdminConfig, type OidcConfig, SOCKET_OCTETS_MAX } from '../meant/admin.ts';
import type { ConfigFile } from '../schema.ts';
import { isLoopback, type Prefix } from '../values/addresses.ts';
import { quote } from '../values/parsed.ts';
import { isHash } from '../values/password-hash.ts';
import type { Findings } from './findings.ts';

type Written = ConfigFile['listen']['admin'];
type Section = Exclude<Written, null | { readonly host: string }>;

const HOUR_MS = 3_600_000;
const PATH = ['listen', 'admin'];

export interface AdminSurroundings {
  readonly hasCertificate: boolean;
  readonly publicUrl: string | null;
}

export function resolveAdmin(
  written: Written,
  around: AdminSurroundings,
  findings: Findings,
): AdminConfig | null {
  if (written === null) return null;
  if ('host' in written)
    return {
      addresses: [written],
      tls: false,
      socket: 'auto',
      users: [],
      password: null,
      trust: [],
      oidc: null,
      idleMs: HOUR_MS,
      lastsMs: 12 * HOUR_MS,
      auditMs: 365 * 24 * HOUR_MS,
    };
  checkTransport(written, around, findings);
  return {
    addresses: written.address,
    tls: written.tls,
    socket: socketOf(written.socket, findings),
    users: usersOf(written, findings),
    password: written.password ?? null,
    trust: trustOf(written.trust.flat(), findings),
    oidc: oidcOf(written.oidc, around.publicUrl, findings),
    idleMs: Math.min(written.idle, written.lasts),
    lastsMs: written.lasts,
    auditMs: written.audit,
  };
}

function checkTransport(section: Section, around: AdminSurroundings, findings: Findings): void {
  if (section.tls && !around.hasCertificate)
    findings.complain(
      [...PATH, 'tls'],
      'HTTPS needs a certificate',
      'add `listen.tlsCertificate: { cert: FILE, key: FILE }`',
    );
  const named = Object.keys(section.users).length > 0 || section.password !== undefined;
  const isAway = section.address.some(({ host }) => !isLoopback(host));
  if (named && isAway && !section.tls && section.trust.length === 0)
    findings.warn(
      [...PATH, 'address'],
      'passwords travel over the network unencrypted',
      'set `tls: true`, or listen on 127.0.0.1 behind a proxy named in `trust`',
    );
}

function socketOf(written: string, findings: Findings): string | null {
  if (written === 'off') return null;
  if (written === 'auto') return written;
  const path = resolve(findings.places.workingDirectory, written);
  if (Buffer.byteLength(path) > SOCKET_OCTETS_MAX)
    findings.complain(
      [...PATH, 'socket'],
      `the path of a Unix socket has at most ${SOCKET_OCTETS_MAX} octets`,
      'choose a shorter one, such as `/run/cenote/admin.sock`',
    );
  return path;
}

function usersOf({ users, socket }: Section, findings: Findings): AdminConfig['users'] {
  const isHidden = socket === 'auto';
  return Object.entries(users).map(([name, { password, totp, role, system }]) => {
    const path = [...PATH, 'users', name];
    if (!/^[^\s:/\\\p{C}]{1,64}$/u.test(name))
      findings.complain(
        path,
        `${quote(name)} is not the name of a user`,
        'write one word of at most 64 characters',
        'key',
      );
    if (password === undefined && system === undefined)
      findings.complain(
        path,
        'there is no way in for this user',
        'add `password` (`cenote password` makes its hash) or `system`',
        'key',
      );
    if (password !== undefined && !isHash(password))
      findings.warn(
        [...path, 'password'],
        'the password itself is written here',
        '`cenote password` makes its hash',
      );
    if (totp !== undefined && password === undefined)
      findings.complain(
        [...path, 'totp'],
        'a second factor comes after a password',
        'add `password`, or remove it',
      );
    if (system !== undefined && system !== 'root' && isHidden)
      findings.warn(
        [...path, 'system'],
        'the socket is in the data folder, which others than root and the user that cenote runs as may not enter',
        'put it where all may: `socket: /run/cenote/admin.sock`, in a folder that cenote may write',
      );
    return { name, password: password ?? null, totp: totp ?? null, role, system: system ?? null };
  });
}

function trustOf(trust: readonly Prefix[], findings: Findings): readonly Prefix[] {
  for (const { bits, text } of trust)
    if (bits === 0 || text === '0.0.0.0/0')
      findings.complain(
        [...PATH, 'trust'],
        `${quote(text)} is everybody`,
        'name the addresses of your proxies',
      );
  return trust;
}

function oidcOf(oidc: Section['oidc'], publicUrl: string | null, findings: Findings): OidcConfig | null {
  if (oidc === undefined) return null;
  const path = [...PATH, 'oidc'];
  if (publicUrl === null)
    findings.complain(
      path,
      'the provider must know where to send people back to',
      'add `listen.publicUrl`',
      'key',
    );
  if (Object.values(oidc.roles).flat().length === 0)
    findings.complain(path, 'nobody gets a role', 'write `roles: { admin: [GROUP], reader: ["*"] }`', 'key');
  const { issuer, clientId, clientSecret, scopes, claim, roles } = oidc;
  return {
    issuer,
    clientId,
    clientSecret: clientSecret ?? null,
    scopes: [...new Set(['openid', ...scopes])],
    claim,
    roles,
  };
}
