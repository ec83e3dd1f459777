// Groups as the admin interface shows them.

import type { GroupView } from '../../admin/clients/group-routes.ts';
import type { PauseView } from '../../admin/events/state.ts';
import type { Config } from '../../config/config.ts';
import { clientText } from '../../config/values/clients.ts';
import { isInForce, minuteOfWeek } from '../../policy/schedule.ts';
import { upstreamText } from './upstream-views.ts';

/** @param machines of each group, how many */
export function groupViews(
  { groups, lists: known }: Config,
  machines: ReadonlyMap<string, number>,
  paused: readonly PauseView[],
): GroupView[] {
  const byHand = new Set(known.flatMap((list) => (list.byHand === true ? [list.name] : [])));
  const now = minuteOfWeek(new Date());
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
      machines: machines.get(name) ?? 0,
      paused: pause !== undefined,
      pausedUntil: pause?.until ?? null,
    };
  });
}
