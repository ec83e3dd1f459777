// Word and Excel files (ECMA-376): a document's text as a page with its tables, a sheet's cells as comma-separated values.
import { readXmlText, type XmlHandlers } from '../text/xml-parser.ts';
import type { ArchivedFile } from './archive.ts';
import { type Budget, LIMITS } from './budget.ts';
import type { DocumentPart } from './document.ts';

const WORD_TEXTS = /^word\/(document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml$/;
const SHEET = /^xl\/worksheets\/[^/]+\.xml$/;
/** Empty rows before one are kept, so that a line is a row; a sheet with a cell in its last row has a million of them. */
const ROWS_MAX = 1_048_576;
const COLUMNS_MAX = 16_384;
/** What a table is wide at most, and the rows that show it. */
const WIDTH_MAX = 256;
const ROWS_SAMPLED = 200;

/** `docx` or `xlsx` by what the archive holds; null for any other. */
export function officeKindOf(files: readonly { readonly name: string }[]): 'docx' | 'xlsx' | null {
  if (files.some(({ name }) => name === 'word/document.xml')) return 'docx';
  return files.some(({ name }) => name === 'xl/workbook.xml') ? 'xlsx' : null;
}

function readXmlPart(bytes: Uint8Array, handlers: XmlHandlers): void {
  readXmlText(new TextDecoder().decode(bytes), handlers, false);
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * A paragraph a line; runs of a paragraph touch, however they are cut.
 * @throws ReportError when it is more than is read
 */
export async function readDocx(
  files: readonly ArchivedFile[],
  path: string,
  budget: Budget,
): Promise<DocumentPart[]> {
  const parts: DocumentPart[] = [];
  for (const file of files.filter(({ name }) => WORD_TEXTS.test(name))) {
    const lines: string[] = [];
    let line = '';
    let isText = false;
    let cells = 0;
    readXmlPart(await file.read(), {
      openName: (name) => {
        if (name === 'w:t') isText = true;
        else if (name === 'w:tab') line += '\t';
        else if (name === 'w:br' || name === 'w:cr') line += '<br>';
        else if (name === 'w:noBreakHyphen') line += '-';
        else if (name === 'w:tbl') line += '<table>';
        else if (name === 'w:tr') line += '<tr>';
        else if (name === 'w:tc') {
          cells += 1;
          line += '<td>';
        }
      },
      text: (text) => {
        if (isText) line += escaped(text);
      },
      close: (name) => {
        if (name === 'w:t') isText = false;
        else if (name === 'w:tc') {
          cells -= 1;
          line += '</td>';
        } else if (name === 'w:tr') line += '</tr>';
        else if (name === 'w:tbl') line += '</table>';
        else if (name === 'w:p') {
          lines.push(`${line}${cells > 0 ? '<br>' : '<p>'}`);
          line = '';
        }
      },
    });
    lines.push(line);
    budget.octets(lines.reduce((sum, each) => sum + each.length + 1, 0));
    const inside = file.name === 'word/document.xml' ? '' : file.name.replace(/^word\/|\d*\.xml$/g, '');
    parts.push({
      path: [path, inside].filter((text) => text !== '').join(' > '),
      text: `<html><body>${lines.join('\n')}`,
      places: 'paragraph',
    });
  }
  return parts.sort((a, b) => a.path.length - b.path.length);
}

/** @throws ReportError when there are more cells than are read */
export async function readXlsx(
  files: readonly ArchivedFile[],
  path: string,
  budget: Budget,
): Promise<DocumentPart[]> {
  const of = (name: string): ArchivedFile | undefined => files.find((file) => file.name === name);
  const strings = of('xl/sharedStrings.xml');
  const shared = strings === undefined ? [] : sharedStrings(await strings.read(), budget);
  const names = await sheetNames(of('xl/workbook.xml'), of('xl/_rels/workbook.xml.rels'));
  const parts: DocumentPart[] = [];
  for (const file of files.filter(({ name }) => SHEET.test(name))) {
    const title = names.get(file.name) ?? file.name.replace(/^.*\/|\.xml$/g, '');
    const text = sheetText(await file.read(), shared, budget);
    if (text.trim() !== '')
      parts.push({ path: path === '' ? title : `${path} > ${title}`, text, places: 'cell' });
  }
  return parts;
}

function sharedStrings(bytes: Uint8Array, budget: Budget): string[] {
  const shared: string[] = [];
  let text = '';
  let isText = false;
  let isPhonetic = false;
  readXmlPart(bytes, {
    openName: (name) => {
      if (name === 'si') text = '';
      else if (name === 't') isText = true;
      else if (name === 'rPh') isPhonetic = true;
    },
    text: (part) => {
      if (isText && !isPhonetic && text.length <= LIMITS.cellCharacters) text += part;
    },
    close: (name) => {
      if (name === 't') isText = false;
      else if (name === 'rPh') isPhonetic = false;
      else if (name === 'si') {
        budget.cells(1);
        shared.push(budget.cut(text));
      }
    },
  });
  return shared;
}

/** File of a sheet → its name. */
async function sheetNames(
  workbook: ArchivedFile | undefined,
  relations: ArchivedFile | undefined,
): Promise<Map<string, string>> {
  const targets = new Map<string, string>();
  if (workbook === undefined || relations === undefined) return targets;
  readXmlPart(await relations.read(), {
    open: (name, { Id = '', Target = '' }) => {
      if (name === 'Relationship') targets.set(Id, `xl/${Target.replace(/^\/?xl\//, '')}`);
    },
  });
  const names = new Map<string, string>();
  readXmlPart(await workbook.read(), {
    open: (name, attributes) => {
      const target = targets.get(attributes['r:id'] ?? '');
      if (name === 'sheet' && target !== undefined)
        names.set(target, (attributes['name'] ?? '').slice(0, 80));
    },
  });
  return names;
}

function sheetText(bytes: Uint8Array, shared: readonly string[], budget: Budget): string {
  const rows: string[][] = [];
  let row: string[] = [];
  let rowNumber = 0;
  let column = 0;
  let type = '';
  let value = '';
  let isValue = false;
  readXmlPart(bytes, {
    open: (name, { r = '', t = '' }) => {
      if (name === 'row') {
        const number = Number(r);
        const next = number > rowNumber && number <= ROWS_MAX ? number : rowNumber + 1;
        // An empty row is a line all the same.
        budget.cells(next - rowNumber);
        rowNumber = next;
        [row, column] = [[], 0];
      } else if (name === 'c') {
        [type, value] = [t, ''];
        const letters = /^[A-Z]{1,3}(?=\d)/.exec(r)?.[0];
        if (letters !== undefined) column = columnOf(letters);
      } else if (name === 'v' || name === 't') isValue = true;
    },
    text: (text) => {
      if (isValue && value.length <= LIMITS.cellCharacters) value += text;
    },
    close: (name) => {
      if (name === 'v' || name === 't') isValue = false;
      else if (name === 'c') {
        if (column < COLUMNS_MAX) {
          const text = cellText(type === 's' ? (shared[Number(value)] ?? '') : budget.cut(value));
          // One shared text may stand in a million cells.
          budget.octets(text.length);
          row[column] = text;
        }
        column += 1;
      } else if (name === 'row') {
        budget.cells(row.length);
        budget.octets(row.length);
        rows[rowNumber - 1] = Array.from(row, (cell) => cell ?? '');
      }
    },
  });
  const lengths = Array.from(rows.slice(0, ROWS_SAMPLED), (cells) => cells?.length ?? 0);
  const width = Math.min(WIDTH_MAX, Math.max(0, ...lengths));
  // A file leaves out empty cells at the end of a row; a table has rows of one length.
  return Array.from(rows, (cells) => {
    if (cells === undefined) return '';
    const padding = Math.max(0, width - cells.length);
    budget.octets(padding);
    return `${cells.join(',')}${','.repeat(padding)}`;
  }).join('\n');
}

/** `A` is 0, `AA` 26. */
function columnOf(letters: string): number {
  let index = 0;
  for (const letter of letters) index = index * 26 + letter.charCodeAt(0) - 0x40;
  return index - 1;
}

/** A row stays one line. */
function cellText(text: string): string {
  const line = text.replaceAll(/[\r\n]+/g, ' ').trim();
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}
