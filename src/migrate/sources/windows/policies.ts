// Query resolution policies of Windows DNS Server: those that stop, or let through, names or networks.
import type { ListAction, Plan } from '../../plan.ts';
import type { WindowsPolicy, WindowsServer } from './zone.ts';

const ACTIONS: Readonly<Record<string, ListAction>> = { ignore: 'drop', deny: 'refused', allow: 'allow' };

/** Of each kind the values that a query has to have, and those that it must not. */
interface Criterion {
  readonly equal: readonly string[];
  readonly unequal: readonly string[];
}

export function givePolicies(plan: Plan, server: WindowsServer): void {
  for (const policy of server.policies.values()) {
    const why = give(plan, policy, server);
    if (why !== null) plan.leave(`policy ${policy.name}`, why);
  }
}

const OTHERWISE =
  'cenote decides by name and client: write what is meant as a list (`lists`) of a group (`groups`)';

/** @returns why nothing of it could be taken; null: all was */
function give(plan: Plan, policy: WindowsPolicy, { subnets }: WindowsServer): string | null {
  const action = ACTIONS[policy.action];
  const kinds = new Map(policy.criteria.map(({ kind, value }) => [kind, criterionOf(value)]));
  const [names, networks] = [kinds.get('fqdn'), kinds.get('clientsubnet')];
  const isKnown = [...kinds.keys()].every((kind) => kind === 'fqdn' || kind === 'clientsubnet');
  if (action === undefined || names === undefined || !isKnown) return OTHERWISE;
  if (names.unequal.length > 0) return `all names but some are meant; ${OTHERWISE}`;
  if (networks !== undefined && (!policy.isAnd || networks.unequal.length > 0)) return OTHERWISE;
  const list = { action, format: 'domains' } as const;
  if (networks === undefined) {
    plan.giveAll(plan.listOf(policy.name, names.equal, { ...list, isForAll: true }));
    return null;
  }
  const clients = networks.equal.flatMap((name) => subnets.get(name.toLowerCase()) ?? []);
  if (clients.length === 0)
    return 'its client subnets are in none of the files: `Get-DnsServerClientSubnet | ConvertTo-Json` has them';
  const group = plan.groupOf(policy.name);
  for (const client of clients) plan.client(group.clients, client, `client subnet of ${policy.name}`);
  group.lists.push(plan.listOf(policy.name, names.equal, list));
  return null;
}

/** `EQ,a.example,*.b.example;NE,c.example`. */
function criterionOf(value: string): Criterion {
  const parts = value.split(';').map((part) => part.split(',').map((word) => word.trim()));
  const of = (operator: string): string[] =>
    parts
      .filter(([first]) => first?.toUpperCase() === operator)
      .flatMap(([, ...words]) => words.filter(Boolean));
  return { equal: of('EQ'), unequal: of('NE') };
}
