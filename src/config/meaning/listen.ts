// `listen` as meant: every socket once, and a certificate where TLS is spoken.
import { formatEndpoint } from '../../wire/names/address.ts';
import type { Config } from '../config.ts';
import { findFile } from '../read/files.ts';
import type { ConfigFile } from '../schema.ts';
import type { SocketAddress } from '../values/addresses.ts';
import { quote } from '../values/parsed.ts';
import { resolveAdmin } from './admin.ts';
import type { Findings } from './findings.ts';

type Listen = ConfigFile['listen'];

export function resolveListen(listen: Listen, findings: Findings): Config['listen'] {
  if (listen.dns.length + listen.tls.length + listen.https.length === 0)
    findings.complain(
      ['listen', 'dns'],
      'there is no address to answer on',
      'add one, such as `127.0.0.1:5335`',
    );
  checkTwice(listen, findings);
  const answersTls = listen.tls.length + listen.https.length > 0;
  const speaksTls = answersTls || (listen.admin !== null && 'tls' in listen.admin && listen.admin.tls);
  if (answersTls && listen.tlsCertificate === undefined) {
    const key = listen.tls.length > 0 ? 'tls' : 'https';
    findings.complain(
      ['listen', key],
      `${key} listeners need a certificate`,
      'add `tlsCertificate: { cert: FILE, key: FILE }`',
    );
  }
  if (!speaksTls && listen.tlsCertificate !== undefined)
    findings.warn(
      ['listen', 'tlsCertificate'],
      'no tls or https listener uses the certificate, nor does `listen.admin`',
      null,
    );
  return {
    dns: listen.dns,
    udp: listen.udp,
    proxy: listen.proxy,
    tls: listen.tls,
    https: listen.https,
    admin: resolveAdmin(
      listen.admin,
      {
        hasCertificate: listen.tlsCertificate !== undefined,
        publicUrl: listen.publicUrl ?? null,
      },
      findings,
    ),
    publicUrl: listen.publicUrl ?? null,
    tlsCertificate:
      speaksTls && listen.tlsCertificate ? resolveCertificate(listen.tlsCertificate, findings) : null,
  };
}

function checkTwice(listen: Listen, findings: Findings): void {
  const seen = new Map<string, string>();
  const note = (address: SocketAddress, path: (string | number)[]): void => {
    if (address.port === 0) return; // the system chooses another each time
    const key = `${address.host} ${address.port}`;
    const place = path.filter((part) => typeof part === 'string').join('.');
    const before = seen.get(key);
    const text = quote(formatEndpoint(address.host, address.port));
    if (before !== undefined)
      findings.complain(path, `${text} is in ${before} already`, 'give each listener its own port');
    else seen.set(key, place);
  };
  for (const key of ['dns', 'tls', 'https'] as const)
    listen[key].forEach((address, index) => {
      note(address, ['listen', key, index]);
    });
  if (listen.admin === null) return;
  if ('host' in listen.admin) note(listen.admin, ['listen', 'admin']);
  else
    listen.admin.address.forEach((address, index) => {
      note(address, ['listen', 'admin', 'address', index]);
    });
}

function resolveCertificate(
  certificate: NonNullable<Listen['tlsCertificate']>,
  findings: Findings,
): Config['listen']['tlsCertificate'] {
  const [cert = '', key = ''] = (['cert', 'key'] as const).map((part) => {
    const { path, tried, fault } = findFile(certificate[part], findings.places);
    if (path === null)
      findings.complain(
        ['listen', 'tlsCertificate', part],
        `${quote(certificate[part])} ${fault}`,
        `looked for ${tried.join(' and ')}`,
      );
    return path ?? '';
  });
  return { cert, key };
}
