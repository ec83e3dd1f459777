// What the walk decides by: all that a configuration and its lists say of queries.
import type { Policy } from '../policy/decide.ts';
import type { Groups } from '../policy/groups.ts';
import type { Views } from '../policy/views.ts';
import type { Access } from './access.ts';
import type { Rebinding } from './inspect/rebinding.ts';
import type { LocalNames } from './local/local-names.ts';
import type { Sinkhole } from './sinkhole.ts';

/** What a reload replaces, all of it at once. */
export interface WalkState {
  readonly access: Access;
  readonly groups: Groups;
  readonly policy: Policy;
  readonly sinkhole: Sinkhole;
  readonly local: LocalNames;
  readonly rebinding: Rebinding;
  readonly views: Views;
}
