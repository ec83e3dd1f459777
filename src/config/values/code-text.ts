// What the table of codes says of one.

export interface CodeText {
  /** What it means, as half a sentence. */
  readonly means: string;
  readonly remedy: string;
}
