// What health is made of, where all is well but for what a test says.
import type { HealthFacts } from '../../src/daemon/health/health.ts';

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
    ...{ waitsForRestart: [], more: [], served: [], isTakingOver: false, ...more },
  }) as unknown as HealthFacts;
