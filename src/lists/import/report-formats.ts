// Reports as list formats: `format: report`, `csv`, `stix` and `misp` read the same way as an import, at every refresh.

import { gatherReport } from '../../report/import.ts';
import type { LeftOut, LeftOutReason, ReportKind } from '../../report/report.ts';
import { refangNetwork } from '../../report/text/refang-host.ts';
import type { SkipReason } from '../entry/problems.ts';
import { ListError } from '../errors.ts';
import type { Format, Sink } from '../format.ts';
import { DocumentParser } from '../formats/document.ts';
import { ShapePool } from '../formats/indicators/shapes.ts';
import { listOf } from './write.ts';

const SKIPS: Readonly<Record<LeftOutReason, SkipReason>> = {
  plain: 'left-out',
  email: 'left-out',
  address: 'address',
  file: 'left-out',
  path: 'left-out',
  suffix: 'public-suffix',
  'no-suffix': 'left-out',
  'not-a-name': 'not-a-name',
  'shared-host': 'left-out',
  unsure: 'left-out',
  type: 'left-out',
  government: 'left-out',
  reference: 'left-out',
  beside: 'left-out',
  benign: 'left-out',
  revoked: 'left-out',
  observable: 'left-out',
  expired: 'left-out',
  victim: 'left-out',
  allowed: 'left-out',
  unsupported: 'left-out',
  exception: 'left-out',
  excluded: 'left-out',
  'too-many': 'left-out',
};

function read(source: string, kind: ReportKind | null, sink: Sink): void {
  const result = gatherReport({
    text: source,
    sourceName: null,
    now: Date.now(),
    // What is an indicator until a day that is over is watched from then on.
    options: { takeExpired: true, ...(kind !== null && { kind }) },
  });
  if (kind !== null && result.kind !== kind)
    throw new ListError('LIST_NOT_FORMAT', `the body is no ${kind} report; check what the source serves`);
  for (const left of result.leftOut)
    if (left.reason !== 'address' || refangNetwork(left.text) === null)
      sink.skipText(SKIPS[left.reason], left.line, textOf(left));
  const shapes = new ShapePool(listOf('', { ...result, taken: [], addresses: [] }));
  for (const { address, line } of result.addresses)
    sink.address(address, shapes.of({}, 'subtree'), line, 'report');
  result.names.forEach((octets, from, to, said, scope, line) => {
    sink.host(octets, from, to, shapes.of(said, scope), line);
  });
}

const textOf = (left: LeftOut): string => `${left.text} (${left.explanation})`;

function format(name: 'report' | 'csv' | 'stix' | 'misp', kind: ReportKind | null): Format {
  return { name, open: (sink) => new DocumentParser((source) => read(source, kind, sink)) };
}

/** An article or a page; the kind is found by content. */
export const report: Format = format('report', null);
export const csv: Format = format('csv', 'csv');
export const stix: Format = format('stix', 'stix');
export const misp: Format = format('misp', 'misp');
