// The text layer of a PDF file, line by line as it stands on the page: what is apart on a line is told apart as cells are.
import { getDocumentProxy } from 'unpdf';
import { messageOf } from '../../config/coded-error.ts';
import { ReportError } from '../report.ts';
import { type Budget, LIMITS } from './budget.ts';
import { type DocumentPart, PAGE_BREAK } from './document.ts';

interface Piece {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pieces on a line differ less in height than this share of their size. */
const SAME_LINE = 0.5;
/** Shares of a letter's height: a gap is a space, and a wide one the border of a cell. */
const SPACE_WIDTH = 0.15;
const CELL_WIDTH = 1.2;

export interface PdfText {
  readonly part: DocumentPart;
  readonly pagesUnread: number;
  readonly title: string | null;
}

/** @throws ReportError when it is damaged, or has a password */
export async function readPdf(bytes: Uint8Array, path: string, budget: Budget): Promise<PdfText> {
  const pdf = await open(bytes);
  const pages: string[] = [];
  const count = Math.min(pdf.numPages, LIMITS.pages);
  for (let number = 1; number <= count; number += 1) {
    const page = await pdf.getPage(number);
    const text = linesOf(piecesOf((await page.getTextContent()).items)).join('\n');
    budget.octets(text.length);
    pages.push(text);
    page.cleanup();
  }
  const about = await pdf.getMetadata().catch(() => null);
  const title = (about?.info as { Title?: unknown } | undefined)?.Title;
  return {
    part: { path, text: pages.join(`\n${PAGE_BREAK}`), places: 'page' },
    pagesUnread: pdf.numPages - count,
    title: typeof title === 'string' && title.trim() !== '' ? title.trim().slice(0, 300) : null,
  };
}

async function open(bytes: Uint8Array): ReturnType<typeof getDocumentProxy> {
  try {
    return await getDocumentProxy(new Uint8Array(bytes), {
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
    return [{ text: str, x: transform[4] ?? 0, y: transform[5] ?? 0, width: width ?? 0, height: size }];
  });
}

/** Pieces come in the order in which the file draws them, which is the order of reading almost always. */
function linesOf(pieces: readonly Piece[]): string[] {
  const lines: string[] = [];
  let line = '';
  let last: Piece | null = null;
  for (const piece of pieces) {
    // Spaces are drawn, left out or stretched as a writer likes: the places of the others say what is apart.
    if (piece.text.trim() === '') continue;
    if (last !== null && Math.abs(piece.y - last.y) > SAME_LINE * Math.max(piece.height, last.height)) {
      lines.push(line);
      line = '';
    } else if (last !== null) line += gapOf(last, piece);
    line += piece.text;
    last = piece;
  }
  lines.push(line);
  return lines;
}

function gapOf(before: Piece, piece: Piece): string {
  const gap = piece.x - (before.x + before.width);
  // What stands left of what came before it is a cell of its own.
  if (gap > CELL_WIDTH * piece.height || gap < -piece.height) return '   ';
  return gap > SPACE_WIDTH * piece.height ? ' ' : '';
}
