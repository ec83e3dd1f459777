// What health is made of, where all is well but for what a test says.
import type { HealthFacts } from '../../src/daemon/health/health.ts';
import { NOTHING_WAITS } from '../../src/daemon/settings.ts';

export const healthFacts = (more: object): HealthFacts =>
  ({
    inForce: {
      revision: 1,
      sinceMs: 0,
      ruleSet: { names: 1, patterns: [] },
      certificate: null,
      config: { workers: 1 },
    },
    ...{ refusals: [], lists: [], answering: 1, isListening: true, paused: [], upstreams: [] },
    ...{ waits: NOTHING_WAITS, more: [], served: [], isTakingOver: false, ...more },
  }) as unknown as HealthFacts;
