// The face of everything a list can come from: asked with what it gave last time, it says "unchanged" or gives a body.
import type { ListFormatName } from '../../config/config.ts';
import type { Notified } from '../../zone/notify.ts';
import type { ListBody } from '../body.ts';

/** What a source hands out to recognise its present state again; kept on disk, of no meaning to anyone else. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** A file's identity, a zone's serial. */
  readonly identity: string | null;
}

export const NO_VALIDATORS: Validators = { etag: null, lastModified: null, identity: null };

export type Fetched =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'body';
      readonly body: ListBody;
      readonly validators: Validators;
      /** How often the source itself wants to be asked. */
      readonly refreshMs?: number;
      /** Beyond doubt what its owner wants, be it nothing: a zone whose serial did not go back. */
      readonly isDeliberate?: boolean;
    };

export interface ListSource {
  readonly kind: 'file' | 'folder' | 'http' | 'inline' | 'rpz';
  /** What its bodies are in, whatever the configuration says; unset, that says it. */
  readonly format?: ListFormatName;
  /**
   * @param previous what the body now in force came with; null when there is none
   * @throws ListError
   */
  fetch(previous: Validators | null, signal: AbortSignal): Promise<Fetched>;
  /**
   * Whether a message that says "it has changed" is this source's own.
   * @param from the sender, 16 octets
   * @returns null when it speaks of something else
   */
  notified?(message: Uint8Array, from: Uint8Array): Notified | null;
}
