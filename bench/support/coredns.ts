// CoreDNS, of the resolvers in Go the one that a module of theirs brings: built once where Go is there, and kept beside the packages.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { certificateFor, type Peer, put, securePort, type Work } from './peers.ts';
import { run } from './process.ts';

const MODULE = 'github.com/coredns/coredns@v1.12.4';
const folder = join(import.meta.dirname, '../../node_modules/.cache/cenote-bench');
const binary = join(folder, 'coredns');
const BUILD_MS = 15 * 60_000;

let version: string | null | undefined;

/** Null where it cannot be had; builds it where it was not yet, some minutes. */
function versionOf(): string | null {
  if (!existsSync(binary) && spawnSync('go', ['version']).status === 0) {
    process.stderr.write(`building ${MODULE} once, into ${folder}\n`);
    mkdirSync(folder, { recursive: true });
    const environment = { ...process.env, GOBIN: folder };
    const built = spawnSync('go', ['install', MODULE], {
      env: environment,
      encoding: 'utf8',
      timeout: BUILD_MS,
    });
    if (built.status !== 0) process.stderr.write(`CoreDNS is left out: ${built.stderr.trim().slice(-500)}\n`);
  }
  const { stdout } = spawnSync(binary, ['-version'], { encoding: 'utf8' });
  return /CoreDNS-([\d.]+)/.exec(stdout ?? '')?.[1] ?? null;
}

export const COREDNS: Peer = {
  name: 'coredns',
  isSecure: true,
  version() {
    version ??= versionOf();
    return version;
  },
  start(work) {
    const config = put(work, 'Corefile', [
      ...block(`.:${work.port}`, [], work),
      ...(work.secure === undefined ? [] : securedBlock(work)),
    ]);
    return run(binary, ['-conf', config], { GOMAXPROCS: '1' });
  },
};

function securedBlock(work: Work): string[] {
  const { cert, key } = certificateFor(work);
  const scheme = work.secure === 'dot' ? 'tls' : 'https';
  return block(`${scheme}://.:${securePort(work)}`, [`  tls ${cert} ${key}`], work);
}

function block(address: string, lines: readonly string[], work: Work): string[] {
  return [
    `${address} {`,
    '  bind 127.0.0.1',
    ...lines,
    `  template IN A ${work.names.join(' ')} {`,
    '    answer "{{ .Name }} 60 IN A 0.0.0.0"',
    '  }',
    ...(work.cacheEntries > 0
      ? ['  cache {', `    success ${Math.max(1024, work.cacheEntries)}`, '  }']
      : []),
    `  forward . 127.0.0.1:${work.upstreamPort}`,
    '}',
  ];
}
