// Reads a stranger's XML with htmlparser2: forgivingly, in one pass, without expanding entities of a document's own.
import { Parser } from 'htmlparser2';
import { ReportError } from '../report.ts';

/** Real ones are some twenty deep; the parser looks through all that is open at each tag, so its time grows with the depth. */
const XML_DEPTH_MAX = 512;

export interface XmlHandlers {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  /** Instead of `open`, where nobody asks for attributes: then they are not kept. */
  readonly openName?: (name: string) => void;
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
  const parser = new Parser(
    {
      onopentagname: (name) => {
        depth += 1;
        if (depth > XML_DEPTH_MAX)
          throw new ReportError(
            'REPORT_TOO_BIG',
            `its XML elements stand more than ${XML_DEPTH_MAX} deep in each other; take out the part with the names`,
          );
        openName?.(name);
      },
      ...(open !== undefined && { onopentag: open }),
      ...(text !== undefined && { ontext: text }),
      onclosetag: (name) => {
        depth -= 1;
        close?.(name, Math.max(0, parser.startIndex));
      },
    },
    { xmlMode: true, lowerCaseTags: isFolded, lowerCaseAttributeNames: isFolded, decodeEntities: true },
  );
  parser.end(source);
}
