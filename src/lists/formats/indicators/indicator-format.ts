// Indicator lists as a format: each entry goes on as it is read.
import { refangHost, refangNetwork } from '../../../report/text/refang-host.ts';
import { networkText } from '../../../wire/names/network.ts';
import type { Format, Parser, Shape, Sink } from '../../format.ts';
import { DocumentParser } from '../document.ts';
import type { IndicatorEntry } from './indicator-list.ts';
import { readIndicatorsTo } from './indicators.ts';
import { ShapePool } from './shapes.ts';

function openIndicators(sink: Sink): Parser {
  return new DocumentParser((text) => {
    let shapes: ShapePool | null = null;
    const shapeOf = ({ said, isExact, isBelow }: IndicatorEntry): Shape =>
      shapes!.of(said, isExact ? 'exact' : isBelow === true ? 'below' : 'subtree');
    readIndicatorsTo(text, {
      onList: (list) => {
        shapes = new ShapePool(list);
      },
      onProblems: (problems) => {
        for (const { line, column, message } of problems)
          sink.skipText('bad-syntax', line, `column ${column}: ${message}`);
      },
      onEntries: (entries, section) => {
        for (const entry of entries) {
          const network = refangNetwork(entry.name);
          const isOfReport = section === 'addresses';
          if (network === null && !isOfReport)
            sink.hostText(refangHost(entry.name), shapeOf(entry), entry.line);
          else {
            const address = network === null ? entry.name : networkText(network);
            sink.address(address, shapeOf(entry), entry.line, isOfReport ? 'report' : 'list');
          }
        }
      },
    });
  });
}

export const indicators: Format = { name: 'indicators', open: openIndicators };
