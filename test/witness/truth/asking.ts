// One question and what became of it, as the office saw it.
import type { TypeName } from '../world/names.ts';
import type { Machine } from '../world/network.ts';
import type { Campaign, List } from '../world/rules.ts';
import type { Match } from './judge.ts';
import type { Got } from './reply.ts';

/** `https`: through a front that says for whom it asks. */
export type Way = 'udp' | 'tcp' | 'https';

/** `told`: a hit must tell of it. The others are as the lists stood then; of `unlisted` ones a later listing makes finds. */
export type Standing = 'told' | 'unlisted' | 'allowed' | 'elsewhere' | 'own';

export interface Asking {
  readonly number: number;
  /** By the clock that cannot jump, ms since the office opened. */
  readonly atMs: number;
  /** What the wall clock said. */
  readonly wallMs: number;
  readonly machine: Machine;
  readonly ip: string;
  readonly group: string;
  readonly name: string;
  readonly type: TypeName;
  readonly transport: Way;
  /** Of the resolver thread that was asked. */
  readonly worker: number;
  /** The history was kept under pseudonyms. */
  readonly isAnonymous: boolean;
  readonly got: Got | 'limited' | 'dropped' | 'local';
  readonly rcode: number | null;
  /** Whether the lists of its group were in force; null: it was turned away before anybody looked. */
  readonly isInForce: boolean | null;
  /** A list blocked it. */
  readonly isBlocked: boolean;
  readonly standing: Standing;
  /** Whether a line of the hit log must tell of it: blocked, watched or let pass though a list that alerts has it. */
  readonly isHit: boolean;
  /** A rule in force made the hit: it was journalled before the answer went out. */
  readonly isByRule: boolean;
  /** Name of the list that decided; null where any list that has it may stand there. */
  readonly decidedBy: string | null;
  readonly matches: readonly Match[];
  /** What lists of anybody had of it, where its own group's had nothing. */
  readonly elsewhere: readonly Match[];
  /** What a blocked one was answered with. */
  readonly answer: readonly string[];
  /** Of what finds told of it. */
  readonly foundBy: Set<Concern>;
  /** Of what finds may have counted it: the history does not tell types apart. */
  readonly mayBeFoundBy: Set<Concern>;
  /** A kill came before the history was written: it may not be there. */
  isVolatile: boolean;
  /** It is longer ago than hits are kept, or was in a journal that was damaged. */
  isPast: boolean;
}

/** What makes askings one incident, beside the machine: a campaign, or a list without one. */
export type Concern = Campaign | List;

export const concernOf = ({ entry, list }: Pick<Match, 'entry' | 'list'>): Concern => entry.campaign ?? list;

/** Whether finds told of it: of its campaign, or of the list when that had none. */
export const isFoundBy = ({ foundBy }: Asking, { entry, list }: Match): boolean =>
  foundBy.has(concernOf({ entry, list })) || foundBy.has(list);

/** Whether a hit of it may be missing: the desk made it of a query record that a kill came before, or it is past its time. */
export const mayBeLost = ({ isVolatile, isByRule, isPast }: Asking): boolean =>
  isPast || (isVolatile && !isByRule);

/** Whether it may be missing, or be of nobody who is known: of what a kill left in the journal the machine may be unknown. */
export const mayBeApart = ({ isVolatile, isPast }: Asking): boolean => isVolatile || isPast;

/** Whether the history has it under a pseudonym: hits keep their client. */
export const isUnderPseudonym = ({ isAnonymous, isHit, standing }: Asking): boolean =>
  isAnonymous && !isHit && standing !== 'told';
