// Settings that another than the file says: what a head has published, laid over a site's own file.

export interface Overlay {
  /** For messages about what it says: "the head's policy, revision 122". */
  readonly name: string;
  /** The settings that count. @param own as the file has them */
  readonly over: (own: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** Whether what stands there is not the file's. */
  readonly owns: (path: readonly (string | number)[]) => boolean;
}
