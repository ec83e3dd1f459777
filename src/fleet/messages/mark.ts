/** How far a site's store is in the central one. */
export interface Mark {
  readonly epoch: string;
  /** Number of the last hit. */
  readonly hits: number;
  /** ULID of that hit; null: there is none, or it was removed at the site before it came. */
  readonly lastId: string | null;
  /** Number of the last note. */
  readonly notes: number;
}
