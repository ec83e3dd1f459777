// Groups as the admin interface shows them.

import type { GroupView } from '../../admin/clients/group-routes.ts';
import type { ClientView } from '../../admin/clients/routes.ts';
import type { PauseView } from '../../admin/events/state.ts';
import type { Config } from '../../config/config.ts';
import { clientText } from '../../config/values/clients.ts';
import { isInForce, minuteOfWeek } from '../../policy/schedule.ts';
import { upstreamText } from './upstream-views.ts';

export function groupViews(
  { groups, lists: known }: Config,
  machines: readonly Pick<ClientView, 'group'>[],
  paused: readonly PauseView[],
): GroupView[] {
  const byHand = new Set(known.flatMap((list) => (list.byHand === true ? [list.name] : [])));
  const now = minuteOfWeek(new Date());
  const counts = Map.groupBy(machines, ({ group }) => group);
  return groups.map(({ name, clients, lists, alwaysLists = [], schedule, inspect, rebinding, upstreams }) => {
    const pause = paused.find(({ group }) => group === name);
    return {
      name,
      clients: clients.map(clientText),
      lists: lists.map((list) => ({
        name: list,
        always: alwaysLists.includes(list),
        byHand: byHand.has(list),
      })),
      schedule: schedule?.text ?? null,
      inForce: isInForce(schedule, now),
      upstreams: upstreams === null ? null : upstreams.map(upstreamText),
      inspected: inspect,
      rebinding,
      machines: counts.get(name)?.length ?? 0,
      paused: pause !== undefined,
      pausedUntil: pause?.until ?? null,
    };
  });
}
