// What a webhook format is: a notice as the body one kind of receiver reads.
import type { Notice } from '../receiver.ts';

export interface Payload {
  readonly url: string;
  /** JSON. */
  readonly body: unknown;
}

/** @param url as configured */
export type Format = (notice: Notice, url: string) => Payload;

export const SEVERITY_COLOUR = { low: 0x2e7d32, medium: 0xf9a825, high: 0xc62828 } as const;
