// What a reload, or a change of the file's text, takes that the main thread is not to do: half a megabyte of names keeps it for 0.2 s the
// first time, and the schema, the YAML reader and all checks are half of the code that it would hold for ever. The code of each is loaded
// by who does it.
import type { ReadTold } from '../../../config/read/again.ts';
import type { ReadAsked } from '../../../config/read/with-text.ts';
import type { CompileRequest, CompileResult } from '../../../lists/compile.ts';
import type { EditAsked, Edited } from '../../editing/edits.ts';
import type { ShownLine } from '../../editing/shown-lines.ts';

export const RELOAD_JOBS = {
  edit: async (asked: EditAsked): Promise<Edited> => (await import('../../editing/edits.ts')).edited(asked),
  show: async (text: string): Promise<readonly ShownLine[]> =>
    (await import('../../editing/shown-lines.ts')).shownLines(text),
  settings: async (asked: ReadAsked): Promise<ReadTold> =>
    (await import('../../../config/read/with-text.ts')).readWith(asked),
  compile: async (request: CompileRequest): Promise<CompileResult> =>
    (await import('../../../lists/compile.ts')).compileRuleSet(request),
};
