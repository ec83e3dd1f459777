// The route that reads a report: first what would be taken of it, then blocked everywhere, and who asked before.
import type { HuntFinding } from '../../desk/messages.ts';
import type { Coverage } from '../../hits/coverage.ts';
import { EVENT_RESPONSES } from '../events/schemas.ts';
import { type ChangeView, changed, changeProperties } from '../overrides/settings-routes.ts';
import { type Asked, changes, ok, type Route, RouteError } from '../route.ts';
import {
  bounded,
  count,
  flag,
  list,
  object,
  oneOf,
  orNull,
  type Schema,
  said,
  text,
  texts,
  wanted,
} from '../shapes.ts';

export interface ReportAsked {
  /** One of the three. */
  readonly text: string | null;
  readonly bytes: Uint8Array | null;
  readonly url: string | null;
  /** Whether who asks may name any source there is, this network's own too: an admin may add such a list as well. */
  readonly mayAskAnywhere: boolean;
  /** Of the file that it was. */
  readonly fileName: string | null;
  /** Of the list; null: made of the report's title or file. */
  readonly name: string | null;
  readonly take: readonly string[];
  readonly leaveOut: readonly string[];
}

export interface ReportView {
  readonly name: string;
  readonly kind: string;
  readonly title: string | null;
  readonly campaign: string | null;
  readonly published: string | null;
  readonly source: string | null;
  readonly taken: readonly {
    readonly name: string;
    readonly printed: string;
    readonly line: number;
    readonly place: string | null;
    /** subtree, exact or below. */
    readonly scope: string;
  }[];
  /** What whoever reads it should decide: names that everybody uses, and what may be half a name. */
  readonly doubtful: readonly ReportLine[];
  readonly leftOut: readonly ReportLine[];
  /** Beyond those. */
  readonly leftOutMore: number;
  readonly addresses: number;
  readonly warnings: readonly string[];
}

interface ReportLine {
  /** That can be taken after all; null: it is none. */
  readonly name: string | null;
  readonly text: string;
  readonly why: string;
  readonly line: number;
}

export interface ReportBlocked extends ChangeView {
  readonly name: string;
  /** The list's file. */
  readonly path: string;
  readonly gained: number;
  /** Entries of the list in force. */
  readonly entries: number;
  /** Who asked for them before. */
  readonly findings: readonly HuntFinding[];
  readonly coverage: Coverage;
  readonly keepsHistory: boolean;
}

export interface ReportsState {
  /** @throws ReportError when it cannot be read */
  readonly readReport: (asked: ReportAsked) => Promise<ReportView>;
  /** @param groups null: everywhere @throws ReportError, EditError: then nothing is in force */
  readonly blockReport: (asked: ReportAsked, groups: readonly string[] | null) => Promise<ReportBlocked>;
}

const READ_MS = 180_000;
const BLOCK_MS = 300_000;
const REPORT_OCTETS = 48 * 1024 * 1024;

const line = object({
  name: said('That can be taken after all; null: it is none.', orNull(text)),
  text,
  why: text,
  line: count,
});
const read: Schema = object({
  name: said('Of the list.', text),
  kind: text,
  title: orNull(text),
  campaign: orNull(text),
  published: orNull(text),
  source: orNull(text),
  taken: list(
    object({
      name: text,
      printed: text,
      line: count,
      place: said('Where in a document of several texts.', orNull(text)),
      scope: said('subtree, exact or below', text),
    }),
  ),
  doubtful: said('Names that everybody uses, and what may be half a name: not taken unasked.', list(line)),
  leftOut: list(line),
  leftOutMore: count,
  addresses: said('Addresses and networks, which are kept and not blocked.', count),
  warnings: texts,
});
const huntProperties = EVENT_RESPONSES.hunt['properties'] as Readonly<
  Record<'coverage' | 'findings', Schema>
>;
const blocked: Schema = object({
  ...changeProperties,
  name: said('Of the list.', text),
  path: said("The list's file.", text),
  gained: said('Names that it had not before.', count),
  entries: said('Of the list in force.', count),
  findings: said('Who asked for them before.', huntProperties.findings),
  coverage: huntProperties.coverage,
  keepsHistory: flag,
});

const names: Schema = { type: 'array', maxItems: 100_000, items: bounded(1024) };
const source = {
  text: said('The report as text or HTML.', { type: 'string', minLength: 1 }),
  file: said('The report as a file of any kind that is read, in base64.', { type: 'string', minLength: 1 }),
  fileName: bounded(255),
  url: said(
    'Where it is fetched from. An analyst may name public addresses, and hosts that a list comes from.',
    { type: 'string', pattern: '^https?://', maxLength: 4096 },
  ),
  name: said('Of the list.', { type: 'string', pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$' }),
  take: said('Of what would be left out.', names),
  leaveOut: said('Of what would be taken.', names),
} as const;
const SOURCES = ['text', 'file', 'url'];

export function reportRoutes(state: ReportsState): readonly Route[] {
  return [
    changes({
      path: '/api/v1/report',
      role: 'analyst',
      isAudited: false,
      summary: 'Reads a report: what would be taken, left out, and what is doubtful. Changes nothing.',
      body: oneOf(SOURCES, wanted(source)),
      bodyOctets: REPORT_OCTETS,
      response: read,
      patienceMs: READ_MS,
      answer: async (asked) => ok(await state.readReport(askedOf(asked))),
    }),
    changes({
      path: '/api/v1/report/block',
      role: 'admin',
      summary: "Blocks a report's names: list, configuration, in force; answers who asked for them before.",
      body: oneOf(
        SOURCES,
        wanted({
          ...source,
          groups: said('Only for these; unset: everywhere.', {
            type: 'array',
            minItems: 1,
            maxItems: 1000,
            items: bounded(256),
          }),
        }),
      ),
      bodyOctets: REPORT_OCTETS,
      response: blocked,
      patienceMs: BLOCK_MS,
      answer: async (whole) => {
        const { groups = null } = whole.body as { readonly groups?: readonly string[] };
        return changed(await state.blockReport(askedOf(whole), groups));
      },
    }),
  ];
}

function askedOf({ body, who }: Asked): ReportAsked {
  const asked = body as Readonly<
    Partial<Record<'text' | 'file' | 'fileName' | 'url' | 'name', string>> &
      Partial<Record<'take' | 'leaveOut', readonly string[]>>
  >;
  if ([asked.text, asked.file, asked.url].filter((one) => one !== undefined).length !== 1)
    throw new RouteError(400, 'BAD_QUERY', 'say one of `text`, `file` and `url`');
  return {
    text: asked.text ?? null,
    bytes: asked.file === undefined ? null : Buffer.from(asked.file, 'base64'),
    url: asked.url ?? null,
    mayAskAnywhere: who?.role === 'admin',
    fileName: asked.fileName ?? null,
    name: asked.name ?? null,
    take: asked.take ?? [],
    leaveOut: asked.leaveOut ?? [],
  };
}
