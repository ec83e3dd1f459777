// The query log as configured.
import type { ClientPattern } from './config.ts';

export interface LogConfig {
  readonly enabled: boolean;
  readonly keepMs: number;
  readonly sizeOctets: number;
  readonly anonymise: boolean;
  readonly withoutClients: readonly ClientPattern[];
  /** In presentation form; all below them is left out too. */
  readonly withoutNames: readonly string[];
}
