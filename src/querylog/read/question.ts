// What is asked of the query log, and what it answers.

export interface LogFilter {
  readonly sinceMs: number;
  /** Before this moment. */
  readonly untilMs: number;
  /** Ids of machines, and addresses as text: rows of any of them. Null: of all. */
  readonly who: { readonly machines: readonly string[]; readonly ips: readonly string[] } | null;
  /** Part of a name, or with `*` or `?` a pattern of the whole; lower case. */
  readonly name: string | null;
  readonly qtype: number | null;
  /** One of OUTCOMES, or of RESULT_NAMES. */
  readonly outcome: string | null;
  readonly list: string | null;
  readonly upstream: string | null;
  /** Who was logged on then, each of them; empty: whoever. Not of the log: whoever asks it looks at the rows (admin/events/log-users.ts). */
  readonly users: readonly string[];
}

/** Where a page ends: so many rows of that moment were given. */
export interface LogCursor {
  readonly timeMs: number;
  readonly given: number;
}

/** A batch, and how many of its rows were read; all where it is unset. */
export interface LogPlace {
  readonly batch: number;
  readonly row?: number;
}

export type LogQuestion =
  | {
      readonly what: 'rows';
      readonly filter: LogFilter;
      readonly limit: number;
      readonly cursor: LogCursor | null;
    }
  /** Rows after this one; where the last one is, when it is null. */
  | {
      readonly what: 'tail';
      readonly filter: LogFilter;
      readonly limit: number;
      readonly after: LogPlace | null;
    }
  | {
      readonly what: 'top';
      readonly of: TopOf;
      readonly sinceMs: number;
      readonly untilMs: number;
      readonly limit: number;
    }
  /** What lists blocked. */
  | {
      readonly what: 'caught';
      readonly sinceMs: number;
      readonly untilMs: number;
      readonly lists: number;
      /** Looked at for their names, of all lists together. */
      readonly rows: number;
    }
  | {
      readonly what: 'chart';
      readonly sinceMs: number;
      readonly untilMs: number;
      readonly stepMs: number;
      /** Of the clock by which hours and days begin: so far ahead of UTC, in whole tens of minutes. */
      readonly offsetMs: number;
    };

export const TOP_OF = ['machines', 'names', 'lists', 'upstreams'] as const;
export type TopOf = (typeof TOP_OF)[number];

/** A row as people and other programs read it. */
export interface LogRow {
  /** ISO 8601, UTC: when the first of them was asked. */
  readonly time: string;
  /** Equal queries inside two seconds that this row stands for. */
  readonly count: number;
  readonly client: {
    readonly ip: string;
    readonly name: string | null;
    readonly mac: string | null;
    readonly group: string | null;
    readonly machine: string;
    /** Who was logged on there then, as in hits; the log itself does not know. */
    readonly user?: string | null;
    readonly users?: readonly string[];
  };
  readonly name: string;
  readonly type: string;
  readonly class: string;
  readonly transport: string;
  /** RESULT_NAMES. */
  readonly result: string;
  /** OUTCOMES. */
  readonly outcome: string;
  /** Null: no reply. */
  readonly rcode: string | null;
  readonly list: string | null;
  readonly rule: string | null;
  readonly upstream: string | null;
  /** What answered: list, cache, stale cache, upstream, own record, policy, cenote, nobody (upstreams failed). */
  readonly from: string;
  /** How long the client waited for upstreams, to two digits; null: it did not, or it is not known. */
  readonly waitedMs: number | null;
}

/** Of which time the log can speak. */
export interface LogCoverage {
  /** The oldest moment of which there are queries; null: none. */
  readonly since: string | null;
  /** Times without a log, or not with all: cenote, or the log, was off; of a kill also some seconds before, whose rows were still held. */
  readonly gaps: readonly { readonly from: string; readonly to: string }[];
  /** Queries that found no room, or are damaged, in the runs that reach into the time asked for. */
  readonly lost: number;
}

export interface LogRows {
  readonly rows: readonly LogRow[];
  /** Null: there are no more. */
  readonly next: LogCursor | null;
  readonly coverage: LogCoverage;
}

export interface LogTail {
  /** Oldest first. */
  readonly rows: readonly LogRow[];
  /** The last batch that was read. */
  readonly after: number;
  /** Rows that came since and are not among them: more than `limit`, or in blocks already. */
  readonly isCut: boolean;
  /** Of each row, the same whenever it is read: `after` of a later question. */
  readonly ids: readonly string[];
  /** Rows that are meant and are not given; those in blocks already count whether they are meant or not. */
  readonly missed: number;
}

export interface LogTop {
  readonly top: readonly {
    readonly what: string;
    readonly name: string | null;
    readonly queries: number;
    readonly blocked: number | null;
  }[];
  /** Counts may be too low, and names missing that are as frequent as the last ones: those seldom asked for in a part of the log are not counted there. */
  readonly approximate: boolean;
  /** All queries of the time, whatever the ranking shows. */
  readonly queries: number;
  readonly coverage: LogCoverage;
}

export interface LogCaught {
  /** Those that blocked most first. */
  readonly lists: readonly {
    readonly list: string;
    readonly queries: number;
    /** Of the rows that were looked at: each name with its queries. */
    readonly names: readonly (readonly [string, number])[];
  }[];
  readonly coverage: LogCoverage;
}

export interface LogChart {
  readonly stepMs: number;
  /** By outcome, in the order of OUTCOMES. */
  readonly points: readonly { readonly time: string; readonly counts: readonly number[] }[];
  readonly coverage: LogCoverage;
}

export interface LogAnswers {
  readonly rows: LogRows;
  readonly tail: LogTail;
  readonly top: LogTop;
  readonly chart: LogChart;
  readonly caught: LogCaught;
}
