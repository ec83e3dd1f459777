// Why a socket could not be opened: what, where, and what to do about it.
import { CodedError, messageOf } from '../config/coded-error.ts';
import { formatEndpoint } from '../wire/names/address.ts';

export type ListenCode =
  | 'EADDRINUSE'
  | 'EACCES'
  | 'EADDRNOTAVAIL'
  | 'EAFNOSUPPORT'
  | 'EMFILE'
  | 'BATCH_UNAVAILABLE'
  | 'BAD_CERTIFICATE'
  | 'EUNKNOWN';

export class ListenError extends CodedError<ListenCode> {
  /** As `udp 127.0.0.1:53`. */
  readonly where: string;

  constructor(code: ListenCode, where: string, sentence: string, cause?: unknown) {
    super(code, sentence, cause === undefined ? undefined : { cause });
    this.where = where;
  }
}

const REASONS: Partial<Record<string, readonly [ListenCode, string]>> = {
  EADDRINUSE: ['EADDRINUSE', 'the address is already in use'],
  EACCES: ['EACCES', 'not allowed to open this port'],
  EPERM: ['EACCES', 'not allowed to open this port'],
  EADDRNOTAVAIL: ['EADDRNOTAVAIL', 'this machine does not have this address'],
  EAFNOSUPPORT: ['EAFNOSUPPORT', 'this machine has no IPv6'],
  EMFILE: ['EMFILE', 'too many open files'],
  ENFILE: ['EMFILE', 'too many open files'],
};

const LINK_LOCAL = /^fe[89ab]/i;

function remedy(code: ListenCode, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return port === 53
        ? 'find the holder with "ss -lnptu sport = :53"; if it is systemd-resolved, set DNSStubListener=no in /etc/systemd/resolved.conf and restart it, or listen on one address of this machine instead of all'
        : `find the holder with "ss -lnptu sport = :${port}" and stop it, or choose another port in listen`;
    case 'EACCES':
      return 'ports below 1024 need the capability CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities=, file: setcap) or sysctl net.ipv4.ip_unprivileged_port_start=53; or choose a higher port in listen';
    case 'EADDRNOTAVAIL':
      return LINK_LOCAL.test(host)
        ? 'write it with the interface that has it, as "ip address" shows them: [fe80::1%eth0]:53'
        : `look at "ip address" and correct ${host} in listen; an address that comes later needs 0.0.0.0 or [::]`;
    case 'EAFNOSUPPORT':
      return 'take the IPv6 addresses out of listen, or turn IPv6 on';
    case 'EMFILE':
      return 'raise LimitNOFILE= (systemd) or "ulimit -n"';
    case 'BATCH_UNAVAILABLE':
      return 'use udp: auto or portable';
    case 'BAD_CERTIFICATE':
      return 'give listen.tlsCertificate a PEM chain and its private key';
    case 'EUNKNOWN':
      return 'correct listen';
    default:
      return code satisfies never;
  }
}

/** The sentence for an error of the operating system met while opening `transport` on host and port. */
export function listenError(cause: unknown, transport: string, host: string, port: number): ListenError {
  if (cause instanceof ListenError) return cause;
  const where = `${transport} ${formatEndpoint(host, port)}`;
  const system = (cause as { code?: unknown } | null)?.code;
  // Linux says EINVAL where no interface is named, or none of that name is there.
  const reason = system === 'EINVAL' && LINK_LOCAL.test(host) ? 'EADDRNOTAVAIL' : system;
  const known = typeof reason === 'string' ? REASONS[reason] : undefined;
  const text = messageOf(cause);
  const [code, what] = known ?? (['EUNKNOWN', text] as const);
  return new ListenError(code, where, `${what} (${where}); ${remedy(code, host, port)}`, cause);
}
