// A group for tests: what is not said is as a configuration without groups has it.
import type { GroupConfig } from '../../src/config/config.ts';

export function groupOf(said: Partial<GroupConfig> = {}): GroupConfig {
  return {
    name: 'default',
    clients: [{ kind: 'any' }],
    lists: [],
    schedule: null,
    inspect: true,
    rebinding: true,
    upstreams: null,
    ...said,
  };
}
