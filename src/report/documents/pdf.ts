// The text layer of a PDF file, line by line as it stands on the page: what is apart on a line is told apart as cells are.
import { messageOf } from '../../config/coded-error.ts';
import { ReportError } from '../report.ts';
import { type Budget, LIMITS } from './budget.ts';
import { type DocumentPart, PAGE_BREAK } from './document.ts';
import { joinBroken, type Piece } from './pdf-cells.ts';
import { hadTooManyStates, openPdf, STATES_MAX } from './pdf-reader.ts';

/** A hyphen as fonts explain it that draw it for a soft one, too. */
const HYPHEN = /-?\u00ad/g;
/** Pieces on a line differ less in height than this share of their size. */
const SAME_LINE = 0.5;
/** Shares of a letter's height: a gap is a space, and a wide one the border of a cell. */
const SPACE_WIDTH = 0.15;
const CELL_WIDTH = 1.2;
/** Gaps of a justified line. */
const SPREAD_GAPS_MIN = 3;
const SPREAD_RATIO_MAX = 1.3;

export interface PdfText {
  readonly part: DocumentPart;
  readonly pagesUnread: number;
  readonly title: string | null;
}

/** @throws ReportError when it is damaged, or has a password */
export async function readPdf(bytes: Uint8Array, path: string, budget: Budget): Promise<PdfText> {
  const pdf = await open(bytes);
  const pages: string[][] = [];
  const count = Math.min(pdf.numPages, LIMITS.pages);
  for (let number = 1; number <= count; number += 1) {
    const page = await pdf.getPage(number);
    const lines = linesOf(piecesOf((await page.getTextContent()).items));
    if (hadTooManyStates())
      throw new ReportError(
        'REPORT_TOO_BIG',
        `page ${number} of the PDF file keeps its state of drawing more than ${STATES_MAX} times (operator q) without going back; save it as text`,
      );
    budget.octets(lines.reduce((sum, line) => sum + line.length + 1, 0));
    pages.push(lines);
    page.cleanup();
  }
  const about = await pdf.getMetadata().catch(() => null);
  const title = (about?.info as { Title?: unknown } | undefined)?.Title;
  return {
    part: { path, text: withoutEdges(pages).join(`\n${PAGE_BREAK}`), places: 'page' },
    pagesUnread: pdf.numPages - count,
    title: typeof title === 'string' && title.trim() !== '' ? title.trim().slice(0, 300) : null,
  };
}

async function open(bytes: Uint8Array): ReturnType<typeof openPdf> {
  try {
    return await openPdf(new Uint8Array(bytes), {
      verbosity: 0,
      isEvalSupported: false,
      disableFontFace: true,
      useSystemFonts: false,
    });
  } catch (error) {
    const why = messageOf(error);
    const isLocked = error instanceof Error && error.name === 'PasswordException';
    throw new ReportError(
      'REPORT_NOT_TEXT',
      isLocked
        ? 'the PDF file has a password; save it without one'
        : `the PDF file cannot be read: ${why.slice(0, 200)}; fetch it again, or save it as text`,
      { cause: error },
    );
  }
}

function piecesOf(items: readonly unknown[]): Piece[] {
  return items.flatMap((item) => {
    const { str, transform, width, height } = item as {
      str?: string;
      transform?: readonly number[];
      width?: number;
      height?: number;
    };
    if (str === undefined || str === '' || transform === undefined) return [];
    const size = Math.abs(height ?? 0) || Math.hypot(transform[2] ?? 0, transform[3] ?? 0) || 10;
    return [
      {
        text: str.replaceAll(HYPHEN, '-'),
        x: transform[4] ?? 0,
        y: transform[5] ?? 0,
        width: width ?? 0,
        height: size,
      },
    ];
  });
}

/** Lines at the edge of a page that may be a header or a footer, and on how many pages one stands at least. */
const EDGE_LINES = 4;
const EDGE_PAGES_MIN = 3;
const EDGE_SHARE_MIN = 0.4;

const PAGE_NUMBER = /(?<![\w.[\]])\d+(?![\w[\]]|\.\w)/g;

/** Pages without what stands at the edge of most of them: a heading above a list is what is above it on its page. */
function withoutEdges(pages: readonly (readonly string[])[]): string[] {
  const counts = new Map<string, number>();
  // Numbers of pages differ; what is part of a name or an address is no such number.
  const keyOf = (line: string): string => line.replaceAll(PAGE_NUMBER, '#').trim();
  const isEdge = (index: number, length: number): boolean =>
    index < EDGE_LINES || index >= length - EDGE_LINES;
  for (const lines of pages) {
    const keys = new Set(lines.filter((_, index) => isEdge(index, lines.length)).map(keyOf));
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const least = Math.max(EDGE_PAGES_MIN, pages.length * EDGE_SHARE_MIN);
  return pages.map((lines) =>
    lines
      .filter((line, index) => !isEdge(index, lines.length) || (counts.get(keyOf(line)) ?? 0) < least)
      .join('\n'),
  );
}

/** Pieces come in the order in which the file draws them, which is the order of reading almost always. */
function linesOf(pieces: readonly Piece[]): string[] {
  const lines: Piece[][] = [];
  let last: Piece | null = null;
  for (const piece of pieces) {
    // Spaces are drawn, left out or stretched as a writer likes: the places of the others say what is apart.
    if (piece.text.trim() === '') continue;
    const isBelow =
      last === null || Math.abs(piece.y - last.y) > SAME_LINE * Math.max(piece.height, last.height);
    if (isBelow) lines.push([piece]);
    else lines.at(-1)!.push(piece);
    last = piece;
  }
  return joinBroken(lines).map(textOf);
}

function textOf(line: readonly Piece[]): string {
  const gaps = line.slice(1).map((piece, index) => gapOf(line[index]!, piece));
  // Words that are spread over the width of a column all stand equally far from each other.
  const least = gaps.reduce((some, gap) => Math.min(some, gap), Number.POSITIVE_INFINITY);
  const isSpread =
    gaps.length >= SPREAD_GAPS_MIN && least > 0 && gaps.every((gap) => gap <= least * SPREAD_RATIO_MAX);
  return line
    .map(({ text, height }, index) => {
      if (index === 0) return text;
      const gap = gaps[index - 1]!;
      // What stands left of what came before it is a cell of its own.
      if ((gap > CELL_WIDTH * height && !isSpread) || gap < -height) return `   ${text}`;
      return gap > SPACE_WIDTH * height ? ` ${text}` : text;
    })
    .join('');
}

const gapOf = (before: Piece, piece: Piece): number => piece.x - (before.x + before.width);
