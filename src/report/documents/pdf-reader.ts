// Loads PDF.js, mended: as it comes it leaves out each glyph whose text ends in an invisible character, so a hyphen that its font
// explains as U+002D U+00AD, or U+00AD alone, is gone, and `no-ip.example` is another name (findings/unpdf-hyphen-dropped.sh). Its pieces
// of text do not show that anything stood there, so this cannot be mended behind it. And it bounds no nesting of states: see KEEP_STATE,
// and looks for each page from the first on: see FIND_PAGE; and unpacks each by three streams: see UNPACK.
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
/** Where it looks for a page, by walking over all before it: of thousands in one row each costs its number. All are found in one walk, which it has, too. */
const FIND_PAGE = 'async getPageDict(e){';
const FIND_PAGE_AT_ONCE = `${FIND_PAGE}const known=(await(this.cenotePages??=this.getAllPageDicts().catch(()=>new Map())))?.get(e);if(known&&!(known[0]instanceof Error))return known;`;
/** Where it unpacks what is packed, page by page; what cannot be unpacked so, or is more, its own decoder takes as before. */
const UNPACK = 'try{const{readable:s,writable:i}=new DecompressionStream(e)';
const UNPACKED_OCTETS_MAX = 67_108_864;
const UNPACK_AT_ONCE = `try{if(e==="deflate"){const all=process.getBuiltinModule("node:zlib").inflateSync(n,{maxOutputLength:${UNPACKED_OCTETS_MAX}});return{decompressed:new Uint8Array(all.buffer,all.byteOffset,all.length),compressed:n};}${UNPACK.slice(4)}`;
const MENDS = [
  [INVISIBLE_MARK, INVISIBLE_ALONE],
  [KEEP_STATE, KEEP_STATE_BOUNDED],
  [FIND_PAGE, FIND_PAGE_AT_ONCE],
  [UNPACK, UNPACK_AT_ONCE],
] as const;
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
      if (MENDS.some(([as]) => text.split(as).length !== 2))
        throw new Error(
          'the library that reads PDF files is not the one cenote was made with; install unpdf 1.7.0',
        );
      return { ...found, source: MENDS.reduce((all, [as, mended]) => all.replace(as, () => mended), text) };
    },
  });
  try {
    await getResolvedPDFJS();
  } finally {
    hooks.deregister();
  }
}
