// The ISC EDNS compliance probes by dig: 37 of them where the shared table is at hand, else those typed in here.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { forwardingConfig } from '../../support/configs.ts';
import { startDaemon } from '../../support/daemon.ts';
import { daemonFolder } from '../../support/daemon-folder.ts';
import { dig } from '../../support/dig.ts';
import { realUpstreamMissing, startRealUpstream } from '../../support/real-upstream.ts';
import { missingTool } from '../../support/tool.ts';

interface Probe {
  readonly id: string;
  readonly args: readonly string[];
  readonly matches: readonly string[];
  readonly never: string;
}

const table = join(import.meta.dirname, '../../../../shared/data/ednscomp-probes.tsv');
const OWN: readonly Probe[] = [
  ['plain', '+noedns SOA ok.example', 'status: NOERROR;IN.*SOA', 'OPT PSEUDOSECTION'],
  ['edns', '+edns=0 +nocookie SOA ok.example', 'status: NOERROR;IN.*SOA;EDNS: version: 0', ''],
  [
    'version',
    '+edns=1 +noednsneg +nocookie SOA ok.example',
    'status: BADVERS;EDNS: version: 0',
    'IN.SOA.*[0-9]',
  ],
  ['option', '+edns=0 +nocookie +ednsopt=100 SOA ok.example', 'status: NOERROR;IN.*SOA', 'OPT=100'],
  ['flags', '+edns=0 +nocookie +ednsflags=0x0080 SOA ok.example', 'status: NOERROR;IN.*SOA', 'MBZ'],
  ['do', '+edns=0 +nocookie +dnssec SOA ok.example', 'status: NOERROR;EDNS: version: 0, flags: do', ''],
  ['cut', '+edns=0 +nocookie +ignore +bufsize=512 TXT big2.example', 'EDNS: version: 0;flags:.* tc', ''],
  ['tcp', '+edns=0 +nocookie +bufsize=512 +tcp TXT big2.example', 'status: NOERROR;IN.TXT', 'flags:.* tc'],
  ['opcode', '+noedns +norec +header-only +opcode=15', 'status: NOTIMP', ''],
].map(([id = '', args = '', matches = '', never = '']) => ({
  id,
  args: args.split(' '),
  matches: matches.split(';'),
  never,
}));

function probes(): readonly Probe[] {
  if (!existsSync(table)) return OWN;
  const lines = readFileSync(table, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [id = '', , args = '', matches = '', never = ''] = line.split('\t');
      return { id, args: args.split(/\s+/), matches: matches.split(';'), never };
    });
}

t.test(
  'every EDNS compliance probe passes',
  { skip: realUpstreamMissing || missingTool('dig') },
  async (t) => {
    const directory = daemonFolder();
    const upstream = await startRealUpstream();
    t.teardown(() => upstream.stop());
    const daemon = await startDaemon({ directory, config: forwardingConfig(upstream.address) });
    t.teardown(() => daemon.stop());

    for (const probe of probes()) {
      const { text } = await dig(daemon.server, probe.args);
      const missing = probe.matches.filter((pattern) => !new RegExp(pattern).test(text));
      const unwanted = probe.never !== '' && new RegExp(probe.never).test(text);
      t.ok(missing.length === 0 && !unwanted, `${probe.id}: ${probe.args.join(' ')}`, {
        missing,
        unwanted,
        text,
      });
    }
  },
);
