// The routes of the configuration file: its own lines, secrets hidden, and one setting changed, shown before it is done.
import { type Answer, changes, ok, type Route, reads } from '../route.ts';
import {
  bounded,
  count,
  flag,
  list,
  object,
  orNull,
  type Schema,
  said,
  text,
  texts,
  wanted,
} from '../shapes.ts';

export interface SettingsView {
  readonly file: string;
  /** Of the text: a change that was looked at names it. */
  readonly digest: string;
  /** Why cenote cannot write it; null when it can. */
  readonly readOnly: string | null;
  readonly lines: readonly {
    readonly line: number;
    readonly text: string;
    /** Keys of the setting that stands alone on this line; null: none does. */
    readonly path: readonly string[] | null;
    /** Its value as YAML; null where it is hidden. */
    readonly value: string | null;
  }[];
  /** Settings that were changed and take effect at the next start. */
  readonly waitsForRestart: readonly string[];
}

export interface ChangeView {
  readonly file: string;
  readonly diff: readonly { readonly kind: string; readonly text: string }[];
  readonly digest: string;
  /** False: nothing was done, as was asked or since nothing would change. */
  readonly written: boolean;
}

export interface SettingChangeView extends ChangeView {
  /** Settings that take effect at the next start, this one among them where it is of those. */
  readonly waitsForRestart: readonly string[];
}

/** How a change of the file is to be made. */
export interface ChangeAsked {
  /** Digest of the text that was looked at; null: whatever is there. */
  readonly base: string | null;
  readonly dryRun: boolean;
}

export interface SettingAsked extends ChangeAsked {
  readonly path: readonly string[];
  /** YAML; null removes it. */
  readonly value: string | null;
}

export interface SettingsState {
  /** @throws EditError when it cannot be read */
  readonly settings: () => SettingsView | Promise<SettingsView>;
  /** Resolves once it is in force and written. @throws EditError: then nothing changed */
  readonly changeSetting: (asked: SettingAsked) => Promise<SettingChangeView>;
}

/** Lists of a million names are compiled anew with it. */
export const EDIT_MS = 120_000;
const BODY_OCTETS = 256 * 1024;

export const changeProperties = {
  file: text,
  diff: said(
    'Lines around what changes, secrets hidden: same, added, removed, or a gap.',
    list(object({ kind: text, text })),
  ),
  digest: said('Of the text that is there now.', text),
  written: said('false: only looked at, or nothing would change.', flag),
} as const;
const waitsForRestart = said('Settings that were changed and take effect at the next start.', texts);
const change: Schema = object({ ...changeProperties, waitsForRestart });
/** What a body says of how it is to be made. */
export const changeAsked = {
  base: said('Digest of the text that was looked at: another text is not changed.', bounded(64)),
  dryRun: said('Only what would be done.', flag),
} as const;

export const changeOf = (body: unknown): ChangeAsked => {
  const { base = null, dryRun = false } = body as Partial<ChangeAsked>;
  return { base, dryRun };
};

const settings: Schema = object({
  file: text,
  digest: said('Of the text; a change names it as `base`.', text),
  readOnly: said('Why cenote cannot write it; null: it can.', orNull(text)),
  lines: list(
    object({
      line: count,
      text: said('Secrets hidden.', text),
      path: said('Keys of the setting that stands alone on this line.', orNull(texts)),
      value: said('Its value as YAML; null where it is hidden.', orNull(text)),
    }),
  ),
  waitsForRestart,
});

const asked: Schema = wanted(
  {
    path: said('Keys from the root: ["cache", "entries"].', {
      type: 'array',
      minItems: 1,
      maxItems: 8,
      items: bounded(256),
    }),
    value: said('YAML; null removes the setting.', { type: ['string', 'null'], maxLength: 65_536 }),
    ...changeAsked,
  },
  ['path', 'value'],
);

export function settingsRoutes(state: SettingsState): readonly Route[] {
  return [
    reads({
      path: '/api/v1/settings',
      role: 'analyst',
      summary: 'The lines of the configuration file, secrets hidden, and which setting stands where.',
      response: settings,
      answer: async () => ok(await state.settings()),
    }),
    changes({
      path: '/api/v1/settings',
      role: 'admin',
      summary: 'Changes one setting in its place: put into force, then written; comments stay.',
      body: asked,
      bodyOctets: BODY_OCTETS,
      response: change,
      patienceMs: EDIT_MS,
      answer: async ({ body }) => {
        const { path, value } = body as Pick<SettingAsked, 'path' | 'value'>;
        return changed(await state.changeSetting({ path, value, ...changeOf(body) }));
      },
    }),
  ];
}

/** The audit log gets the lines that changed. */
export function changed(change: ChangeView): Answer {
  if (!change.written) return ok(change);
  const linesOf = (wanted: string): readonly string[] =>
    change.diff.filter(({ kind }) => kind === wanted).map((line) => line.text);
  return { ...ok(change), before: linesOf('removed'), after: linesOf('added') };
}
