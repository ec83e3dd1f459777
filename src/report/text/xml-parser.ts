// Reads a stranger's XML with htmlparser2: forgivingly, in one pass, without expanding entities of a document's own.
import { Parser } from 'htmlparser2';
import { ReportError } from '../report.ts';

/** Real ones are some twenty deep; the parser looks through all that is open at each tag, so its time grows with the depth. */
const XML_DEPTH_MAX = 512;

export interface XmlHandlers {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  /** Instead of `open`, where nobody asks for attributes: then they are not kept. */
  readonly openName?: (name: string) => void;
  /** A part of an element's text; one behind an end tag that ends nothing begins with a line end, since it goes on with nothing. */
  readonly text?: (text: string) => void;
  /** @param at where in the source the tag begins */
  readonly close?: (name: string, at: number) => void;
}

/**
 * @param isFolded names of elements and attributes come in lower case
 * @throws ReportError when its elements stand deeper in each other than is read
 */
export function readXmlText(
  source: string,
  { open, openName, text, close }: XmlHandlers,
  isFolded: boolean,
): void {
  let depth = 0;
  /** Where the last text of the element at hand ends; −1 where there was none yet. */
  let textEnd = -1;
  // A comment and an instruction stand in a text without parting it; htmlparser2 has the end of an instruction before its `>`.
  const pass = (): void => {
    if (textEnd >= 0) textEnd = source.indexOf('>', parser.endIndex) + 1;
  };
  const parser: Parser = new Parser(
    {
      onopentagname: (name) => {
        depth += 1;
        textEnd = -1;
        if (depth > XML_DEPTH_MAX)
          throw new ReportError(
            'REPORT_TOO_BIG',
            `its XML elements stand more than ${XML_DEPTH_MAX} deep in each other; take out the part with the names`,
          );
        openName?.(name);
      },
      ...(open !== undefined && { onopentag: open }),
      ...(text !== undefined && {
        ontext: (part) => {
          // What is decoded, or taken out of CDATA, is told with its beginning alone, a broken tag's rest with its end.
          const start = parser.endIndex + 1 - part.length;
          const isApart = source.startsWith(part, start) ? start !== textEnd : parser.startIndex !== textEnd;
          text(textEnd >= 0 && isApart ? `\n${part}` : part);
          textEnd = parser.endIndex + 1;
        },
        oncomment: pass,
        onprocessinginstruction: pass,
      }),
      onclosetag: (name) => {
        depth -= 1;
        textEnd = -1;
        close?.(name, Math.max(0, parser.startIndex));
      },
    },
    { xmlMode: true, lowerCaseTags: isFolded, lowerCaseAttributeNames: isFolded, decodeEntities: true },
  );
  parser.end(source);
}
