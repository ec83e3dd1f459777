// Loads PDF.js, mended: as it comes it leaves out each glyph whose text ends in an invisible character, so a hyphen that its font
// explains as U+002D U+00AD, or U+00AD alone, is gone, and `no-ip.example` is another name (findings/unpdf-hyphen-dropped.sh). Its pieces
// of text do not show that anything stood there, so this cannot be mended behind it.
import { registerHooks } from 'node:module';
import { getDocumentProxy, getResolvedPDFJS } from 'unpdf';

/** What it takes for an invisible mark, in its own text; and mended: all of a glyph, and no soft hyphen, since what is drawn is seen. */
const INVISIBLE_MARK = '|(\\\\p{Cf})$"';
const INVISIBLE_ALONE = '|^((?!\\\\u00ad)\\\\p{Cf})$"';
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

async function load(): Promise<void> {
  const hooks = registerHooks({
    load(url, context, next) {
      const found = next(url, context);
      if (!MODULE.test(url)) return found;
      const text =
        typeof found.source === 'string' ? found.source : new TextDecoder().decode(found.source ?? undefined);
      if (!text.includes(INVISIBLE_MARK))
        throw new Error(
          'the library that reads PDF files is not the one cenote was made with; install unpdf 1.7.0',
        );
      return { ...found, source: text.replace(INVISIBLE_MARK, INVISIBLE_ALONE) };
    },
  });
  try {
    await getResolvedPDFJS();
  } finally {
    hooks.deregister();
  }
}
