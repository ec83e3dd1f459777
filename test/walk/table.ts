// Every block of commands and of other programs' words: where `npm run walk` runs it as written, or what else does.
import type { Block } from './pages.ts';

export type Row = {
  readonly file: string;
  /** How the block begins. */
  readonly first: string;
} & (
  | {
      /** A file of test/walk/stories/. */
      readonly story: string;
    }
  /** Walked by something else than `npm run walk`. */
  | { readonly by: string }
  /** Nothing that could be typed. */
  | { readonly drawing: true }
);

export const BLOCKS: readonly Row[] = [
  { file: 'ARCHITECTURE.md', first: '            DATA PLANE', drawing: true },
  { file: 'CONTRIBUTING.md', first: 'npm ci ', by: 'CI runs it on a fresh clone (.ci/run)' },
  { file: 'README.md', first: 'npm ci --omit=dev && npm start', story: 'trial' },
  { file: 'README.md', first: '$ dig @127.0.0.1', story: 'trial' },
  { file: 'README.md', first: 'cenote import report.txt', story: 'trial' },
  { file: 'README.md', first: 'cenote hunt some-campaign', story: 'trial' },
  { file: 'README.md', first: '   cp config/examples/office.yaml', story: 'office' },
  { file: 'README.md', first: 'npm start -- -c config', story: 'home' },
  { file: 'README.md', first: 'LISTEN=', story: 'containers' },
  { file: 'docs/3cx.md', first: '$ cenote import report.txt', story: 'morning' },
  { file: 'docs/3cx.md', first: '$ cenote hunt', story: 'morning' },
  { file: 'docs/alerts.md', first: '                      a hit', drawing: true },
  { file: 'docs/clients.md', first: 'dhcp-option=162', story: 'neighbours' },
  { file: 'docs/fleet.md', first: 'cenote fleet invite head', story: 'fleet' },
  { file: 'docs/fleet.md', first: 'jetstream', story: 'fleet' },
  { file: 'docs/fleet.md', first: 'cenote fleet publish', story: 'fleet' },
  { file: 'docs/fleet.md', first: 'cenote fleet invite branch-7', story: 'fleet' },
  { file: 'docs/fleet.md', first: 'cp -R packaging/docker/fleet', story: 'fleet-box' },
  { file: 'docs/fleet.md', first: 'docker compose -f compose.fleet.yaml cp', story: 'fleet-box' },
  { file: 'docs/fleet.md', first: 'kubectl exec cenote-0', story: 'kubernetes' },
  {
    file: 'docs/fleet.md',
    first: 'Revision 123',
    by: 'test/fleet/site-table.test.ts makes these very sentences',
  },
  { file: 'docs/high-availability.md', first: 'global_defs', story: 'neighbours' },
  { file: 'docs/install.md', first: 'packaging/deb/build.sh', story: 'package' },
  { file: 'docs/install.md', first: 'cp -R . /opt/cenote', story: 'systemd' },
  { file: 'docs/install.md', first: 'packaging/tarball/build.sh', story: 'tarball' },
  { file: 'docs/install.md', first: 'npm pack', story: 'tarball' },
  { file: 'docs/install.md', first: 'helm install', story: 'kubernetes' },
  { file: 'docs/install.md', first: 'packaging/oci/build.sh', story: 'image' },
  { file: 'docs/install.md', first: 'LISTEN=', story: 'containers' },
  { file: 'docs/moving.md', first: 'cenote backup', story: 'moving' },
  { file: 'docs/moving.md', first: 'cenote migrate', story: 'moving' },
  { file: 'docs/neighbours.md', first: 'uci add_list', story: 'neighbours' },
  { file: 'docs/neighbours.md', first: 'rest:', story: 'neighbours' },
  { file: 'docs/serve.md', first: 'key "rpz.key"', story: 'neighbours' },
  { file: 'docs/serve.md', first: 'server:', story: 'neighbours' },
  { file: 'docs/serve.md', first: 'rpzPrimary', story: 'neighbours' },
  { file: 'docs/serve.md', first: 'policy.add', story: 'neighbours' },
  { file: 'findings/README.md', first: 'findings/dnslib', story: 'findings' },
];

export function rowOf(block: Block): Row | null {
  return BLOCKS.find(({ file, first }) => file === block.file && block.text.startsWith(first)) ?? null;
}
