// A hosts file: names with an address of this network are answered, the others block.
import { isIP } from 'node:net';
import type { Plan } from '../plan.ts';
import { linesOf, settingsFiles } from '../read-files.ts';

const BLOCKING = /^(0\.0\.0\.0|127(\.\d+){3}|::1?|0:0:0:0:0:0:0:[01])$/;
/** Names that every hosts file gives its own machine. */
const OWN = /^(localhost(\.localdomain)?|localhost4|localhost6|local|broadcasthost|ip6-.*|0\.0\.0\.0)$/i;

export function fromHosts(plan: Plan, path: string): void {
  const blocked: string[] = [];
  for (const file of settingsFiles(path, /^\./))
    for (const { text, where } of linesOf(file)) {
      const [address = '', ...names] = text.replace(/#.*$/, '').trim().split(/\s+/);
      if (address === '') continue;
      if (isIP(address.split('%')[0] ?? '') === 0)
        plan.leave(`${text} (${where})`, 'a line begins with an address');
      else if (names.every((name) => OWN.test(name))) continue;
      else if (BLOCKING.test(address))
        blocked.push(`0.0.0.0 ${names.filter((name) => !OWN.test(name)).join(' ')}`);
      else plan.host(text, `${text} (${where})`);
    }
  if (blocked.length === 0) return;
  plan.giveAll(plan.listOf('hosts', blocked, { format: 'hosts' }));
}
