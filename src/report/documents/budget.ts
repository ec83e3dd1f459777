// What unfolding one document may cost, over all that is packed in it.
import { ReportError } from '../report.ts';

export const LIMITS = {
  /** Of all that is unpacked from it, and of all text that comes out. */
  octets: 134_217_728,
  /** A zip in a mail in a zip, and no further. */
  depth: 4,
  /** Files of all archives in it. */
  files: 1000,
  /** Cells of all tables. */
  cells: 4_000_000,
  /** Of one cell; Excel takes 32,767. */
  cellCharacters: 32_767,
  pages: 5000,
} as const;

export class Budget {
  #octets = 0;
  #files = 0;
  #cells = 0;
  /** Cells whose rest was not read. */
  cellsCut = 0;

  /** @throws ReportError */
  octets(count: number): void {
    this.#octets += count;
    if (this.#octets > LIMITS.octets)
      throw new ReportError(
        'REPORT_TOO_BIG',
        `the document unpacks to more than ${LIMITS.octets} octets; take out the part with the names`,
      );
  }

  get octetsLeft(): number {
    return LIMITS.octets - this.#octets;
  }

  /** @throws ReportError */
  file(): void {
    this.#files += 1;
    if (this.#files > LIMITS.files)
      throw new ReportError(
        'REPORT_TOO_BIG',
        `the document holds more than ${LIMITS.files} files; take out the part with the names`,
      );
  }

  /**
   * @param count cells, also empty ones before the last of a row, and empty rows
   * @throws ReportError
   */
  cells(count: number): void {
    this.#cells += count;
    if (this.#cells > LIMITS.cells)
      throw new ReportError(
        'REPORT_TOO_BIG',
        `the document has more than ${LIMITS.cells} cells; save the sheet with the names as CSV`,
      );
  }

  /** A cell's text, as far as it is read. */
  cut(text: string): string {
    if (text.length <= LIMITS.cellCharacters) return text;
    this.cellsCut += 1;
    return text.slice(0, LIMITS.cellCharacters);
  }
}
