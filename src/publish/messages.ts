// Every message between the main thread and the thread that publishes, and what that thread tells of itself.
import type { ServeConfig, ServedFormat } from '../config/meant/serve.ts';
import type { RuleSet } from '../policy/rule.ts';
import type { NotifyState } from '../zone/outgoing/notifier.ts';
import type { TransferKind } from '../zone/outgoing/transfer.ts';
import type { LeftOut } from './build.ts';

export interface PublishSettings {
  readonly serve: ServeConfig;
  readonly ruleSet: RuleSet;
}

export type ToPublisher =
  /** `number`: told back once nothing of earlier rules is read any more. */
  | { readonly kind: 'settings'; readonly number: number; readonly settings: PublishSettings }
  /** A question of a served zone; `from` is 16 octets. */
  | {
      readonly kind: 'question';
      readonly number: number;
      readonly message: Uint8Array;
      readonly from: Uint8Array;
      readonly isUdp: boolean;
    }
  /** A connection that is the publisher's from here on: `octets` came on it and are not answered yet. */
  | {
      readonly kind: 'connection';
      readonly fd: number;
      readonly octets: Uint8Array;
      readonly from: Uint8Array;
    }
  | { readonly kind: 'stop' };

export type FromPublisher =
  | { readonly kind: 'turned'; readonly number: number }
  | { readonly kind: 'reply'; readonly number: number; readonly reply: Uint8Array | null }
  | { readonly kind: 'state'; readonly state: PublishState }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string };

export interface PublishState {
  readonly zones: readonly ZoneState[];
  readonly lists: readonly ServedListState[];
}

export interface ZoneState {
  readonly name: string;
  /** Null until it was made for the first time. */
  readonly serial: number | null;
  readonly changedMs: number | null;
  readonly names: number;
  /** Serials from which a secondary gets changes alone. */
  readonly deltas: number;
  readonly leftOut: readonly LeftOut[];
  readonly transfers: TransferCounts;
  readonly secondaries: readonly SecondaryState[];
  /** Why it could not be made or kept; null when all is well. */
  readonly error: string | null;
}

/** Since the thread began. */
export interface TransferCounts {
  readonly whole: number;
  readonly incremental: number;
  /** Given up: the other side went away, or read too slowly. */
  readonly broken: number;
  readonly refused: number;
  readonly octets: number;
}

export interface SecondaryState {
  /** `192.0.2.53`, with a port where NOTIFY is sent there. */
  readonly address: string;
  readonly notify: NotifyState;
  /** Others that are sent NOTIFY at the same address: which of them asked and transferred is not known. */
  readonly others: readonly string[];
  /** What it was last known to have; null while it has not asked. */
  readonly serial: number | null;
  readonly isBehind: boolean;
  readonly lastAskedMs: number | null;
  readonly lastTransfer: LastTransfer | null;
}

export interface LastTransfer {
  readonly kind: TransferKind;
  readonly serial: number;
  /** When it was complete. */
  readonly atMs: number;
  readonly octets: number;
  readonly tookMs: number;
}

export interface ServedListState {
  readonly name: string;
  readonly formats: readonly ServedFile[];
  readonly error: string | null;
}

export interface ServedFile {
  readonly format: ServedFormat;
  /** With `.gz` behind it the packed one. */
  readonly path: string;
  readonly octets: number;
  readonly packedOctets: number;
  /** SHA-256 of the text, hexadecimal. */
  readonly digest: string;
  readonly changedMs: number;
  readonly lines: number;
  /** Names and networks that the format has no words for. */
  readonly leftOut: number;
}
