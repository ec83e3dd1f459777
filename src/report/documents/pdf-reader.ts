// Loads PDF.js, mended: as it comes it leaves out each glyph whose text ends in an invisible character, so a hyphen that its font
// explains as U+002D U+00AD, or U+00AD alone, is gone, and `no-ip.example` is another name (findings/unpdf-hyphen-dropped.sh). Its pieces
// of text do not show that anything stood there, so this cannot be mended behind it. And it bounds no nesting of states: see KEEP_STATE.
import { registerHooks } from 'node:module';
import { getDocumentProxy, getResolvedPDFJS } from 'unpdf';

/** What it takes for an invisible mark, in its own text; and mended: all of a glyph, and no soft hyphen, since what is drawn is seen. */
const INVISIBLE_MARK = '|(\\\\p{Cf})$"';
const INVISIBLE_ALONE = '|^((?!\\\\u00ad)\\\\p{Cf})$"';
/** Where it keeps one more state of drawing: each is made from the one before, so a page that only keeps costs its square. */
const KEEP_STATE = 'this.stateStack.push(this.state),this.state=';
/** The standard allows 28 (ISO 32000-1 annex C). */
export const STATES_MAX = 4096;
/** PDF.js passes over what fails in a page, so it is noted here. */
const NOTE = 'cenote.pdf.states';
const KEEP_STATE_BOUNDED = `if(this.stateStack.length>=${STATES_MAX}){globalThis[Symbol.for(${JSON.stringify(NOTE)})]=true;throw new Error('q')}${KEEP_STATE}`;
const MODULE = /\/unpdf\/dist\/pdfjs\.mjs$/;

let loaded: Promise<unknown> | null = null;

export async function openPdf(
  bytes: Uint8Array,
  options: Parameters<typeof getDocumentProxy>[1],
): ReturnType<typeof getDocumentProxy> {
  loaded ??= load();
  await loaded;
  return getDocumentProxy(bytes, options);
}

/** Whether a page of any file so far kept its state of drawing more often than is read; asked once, it is forgotten. */
export function hadTooManyStates(): boolean {
  const notes = globalThis as unknown as Record<symbol, unknown>;
  const had = notes[Symbol.for(NOTE)] === true;
  delete notes[Symbol.for(NOTE)];
  return had;
}

async function load(): Promise<void> {
  const hooks = registerHooks({
    load(url, context, next) {
      const found = next(url, context);
      if (!MODULE.test(url)) return found;
      const text =
        typeof found.source === 'string' ? found.source : new TextDecoder().decode(found.source ?? undefined);
      if (!text.includes(INVISIBLE_MARK) || text.split(KEEP_STATE).length !== 2)
        throw new Error(
          'the library that reads PDF files is not the one cenote was made with; install unpdf 1.7.0',
        );
      return {
        ...found,
        source: text.replace(INVISIBLE_MARK, INVISIBLE_ALONE).replace(KEEP_STATE, () => KEEP_STATE_BOUNDED),
      };
    },
  });
  try {
    await getResolvedPDFJS();
  } finally {
    hooks.deregister();
  }
}
