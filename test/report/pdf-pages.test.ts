import t from 'tap';
import { Budget } from '../../src/report/documents/budget.ts';
import { readPdf } from '../../src/report/documents/pdf.ts';
import { pdfOf } from '../support/documents.ts';

/** A file with a name on each page, all pages in one row. */
const fileOf = (pages: number): Buffer =>
  pdfOf(Array.from({ length: pages }, (_, page) => [`calls evil-${page}[.]com`]));

/** How often a Map is asked. */
async function askedFor(work: () => Promise<unknown>): Promise<number> {
  const { has } = Map.prototype;
  let asked = 0;
  Map.prototype.has = function (key: unknown): boolean {
    asked += 1;
    return has.call(this, key);
  };
  try {
    await work();
  } finally {
    Map.prototype.has = has;
  }
  return asked;
}

t.test('each page of a PDF file is found once, however many stand in one row', async (t) => {
  const read = async (pages: number): Promise<number> => {
    const bytes = fileOf(pages);
    return askedFor(async () => {
      const { part, pagesUnread } = await readPdf(bytes, '', new Budget());
      t.equal(pagesUnread, 0);
      t.same(
        part.text.match(/evil-\d+/g),
        Array.from({ length: pages }, (_, page) => `evil-${page}`),
      );
    });
  };
  await read(1);
  const [few, many] = [await read(100), await read(400)];
  t.ok(many < 6 * few, `${few} look-ups of 100 pages, ${many} of 400`);
});
