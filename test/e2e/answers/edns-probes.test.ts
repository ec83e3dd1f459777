// More probes of the kind that the EDNS compliance table holds, at the real daemon; Unbound behind it is asked the same.
import t from 'tap';
import { askTcp, askUdp, type Server } from '../../support/client.ts';
import { forwardingConfig } from '../../support/configs.ts';
import { startDaemon } from '../../support/daemon.ts';
import { daemonFolder } from '../../support/daemon-folder.ts';
import { EDNS_PROBES, faultOf, type Probe } from '../../support/edns-probes.ts';
import { readMessage } from '../../support/read-message.ts';
import { realUpstreamMissing, startRealUpstream } from '../../support/real-upstream.ts';

const PATIENCE_MS = 1500;

async function faultAt(server: Server, probe: Probe): Promise<string | null> {
  const answer = await (probe.overTcp === true ? askTcp : askUdp)(server, probe.octets, PATIENCE_MS);
  return faultOf(probe, answer === null ? null : readMessage(answer));
}

t.test('every probe gets what RFC 6891 and its kin say', { skip: realUpstreamMissing }, async (t) => {
  const upstream = await startRealUpstream();
  t.teardown(() => upstream.stop());
  const daemon = await startDaemon({ directory: daemonFolder(), config: forwardingConfig(upstream.address) });
  t.teardown(() => daemon.stop());

  const judged: string[] = [];
  for (const probe of EDNS_PROBES) {
    t.equal(await faultAt(daemon.server, probe), null, probe.name);
    const theirs = await faultAt(upstream.server, probe);
    if (theirs !== null) judged.push(`${probe.name}: ${theirs}`);
  }
  t.comment(`${EDNS_PROBES.length} probes; Unbound does otherwise in ${judged.length}:`, judged);
});
