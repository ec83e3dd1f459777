// Config literals that several end-to-end stories share.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigLiteral } from './daemon.ts';

/** Forwards everything to one server. */
export function forwardingConfig(upstream: string): ConfigLiteral {
  return {
    upstreams: { default: [upstream] },
    lists: {},
    groups: { default: { clients: ['any'], lists: [] } },
  };
}

/** Sinkholes what a list file says and forwards the rest. */
export function blockingConfig(upstream: string, source: string): ConfigLiteral {
  return {
    upstreams: { default: [upstream] },
    lists: { block: { source, action: 'sinkhole', alert: false, subdomains: true } },
    groups: { default: { clients: ['any'], lists: ['block'] } },
  };
}

/** Sinkholes what a list file says, each hit worth an alert. */
export function alertingConfig(source: string): ConfigLiteral {
  return {
    lists: { evil: { source, action: 'sinkhole', alert: true, subdomains: true } },
    groups: { default: { clients: ['any'], lists: ['evil'] } },
  };
}

/** Writes a list of names, one a line. */
export function writeList(directory: string, names: readonly string[]): string {
  const path = join(directory, 'names.txt');
  writeFileSync(path, `${names.join('\n')}\n`);
  return path;
}
