// The threads as holders of what is in force, in the order in which they prepare and commit.
import { privacyOf } from '../config/config.ts';
import { assignKnown } from '../policy/groups.ts';
import { hasAlerts } from '../policy/rule.ts';
import { type Holder, type InForce, PARTS } from './in-force.ts';
import { hitsSettingsOf, settingsOf } from './settings.ts';
import type { HitsThread } from './threads/hits-thread.ts';
import type { Pool } from './threads/pool.ts';
import type { PublishThread } from './threads/publish-thread.ts';
import { discardReplacedTables } from './threads/replaced-rules.ts';

/** null before they are started. */
export interface Threads {
  readonly hits: () => HitsThread | null;
  readonly pool: () => Pool | null;
  readonly publisher: PublishThread;
}

/** The hits thread first: it knows what rule numbers mean before resolver threads use them. */
export function holdersOf(threads: Threads): readonly Holder[] {
  return [hitsHolder(threads), publishHolder(threads), poolHolder(threads)];
}

function hitsHolder({ hits, pool }: Threads): Holder {
  const concerns = (next: InForce, before: InForce): boolean =>
    next.config !== before.config ||
    next.ruleSet !== before.ruleSet ||
    // Without query records, what passes in a pause is seen by nobody.
    (next.paused !== before.paused && privacyOf(next.config) === 'off');
  return {
    name: 'hits thread',
    prepare: async (next, now) => {
      if (concerns(next, now)) await hits()?.prepare(hitsSettingsOf(next));
    },
    commit: async (next, before) => {
      // The search for past askers begins with all that was asked before.
      if (next.ruleSet !== before.ruleSet && hasAlerts(next.ruleSet)) await pool()?.flush();
      if (concerns(next, before)) hits()?.commit(hitsSettingsOf(next));
      else if (next.known !== before.known)
        hits()?.useAssignments(assignKnown(next.config.groups, next.known));
    },
    drop: () => hits()?.drop(),
  };
}

/** It makes what is served when there is time: nothing waits for it, and it refuses nothing. */
function publishHolder({ publisher }: Threads): Holder {
  return {
    name: 'publisher',
    prepare: () => Promise.resolve(),
    commit: ({ config, ruleSet }, before) => {
      if (ruleSet !== before.ruleSet || config.serve !== before.config.serve)
        publisher.use({ serve: config.serve, ruleSet });
      return Promise.resolve();
    },
    drop: () => undefined,
  };
}

function poolHolder({ hits, pool, publisher }: Threads): Holder {
  const isMoreThanClients = (next: InForce, before: InForce): boolean =>
    PARTS.some((part) => part !== 'known' && next[part] !== before[part]);
  return {
    name: 'resolver threads',
    prepare: async (next, now) => {
      if (isMoreThanClients(next, now)) await pool()?.prepare(settingsOf(next), next.revision);
    },
    commit: async (next, before) => {
      if (!isMoreThanClients(next, before)) {
        pool()?.useClients(next.known);
        return;
      }
      const turned = (await pool()?.commit(settingsOf(next), next.revision)) ?? false;
      if (next.ruleSet === before.ruleSet) return;
      const settled = hits()?.settled() ?? Promise.resolve(false);
      const others = [Promise.resolve(turned), settled, publisher.settled()];
      void discardReplacedTables(before.ruleSet, next.ruleSet, others);
    },
    drop: ({ revision }) => pool()?.tell({ kind: 'drop', revision }),
  };
}
