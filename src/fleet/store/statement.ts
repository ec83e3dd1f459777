// How the central store is asked, on whichever connection.

export type Row = Readonly<Record<string, unknown>>;

export interface Connection {
  /** @throws Error when the database cannot be reached or refuses */
  query(text: string, values?: readonly unknown[], name?: string): Promise<readonly Row[]>;
}
