// A hit's line beside JSON.stringify, and moments beside Date.
import fc from 'fast-check';
import t from 'tap';
import type { Hit } from '../../../src/hits/hit.ts';
import { HitLines } from '../../../src/hits/log/hit-lines.ts';
import { momentToText, textToMoment } from '../../../src/hits/log/moment.ts';
import { hitOf } from '../../support/hits-records.ts';

t.test('lines are what JSON.stringify writes, whatever texts are in them', async () => {
  const lines = new HitLines();
  const text = fc.string({ unit: 'binary' });
  const orNull = fc.option(text, { nil: null });
  const hits = fc.record({
    count: fc.nat(),
    client: fc.record({ ip: text, name: orNull, mac: orNull, group: text }),
    question: fc.record({ name: text, type: fc.constant('A'), class: fc.constant('IN') }),
    rule: text,
    list: text,
    answer: fc.array(text),
    via: orNull,
    indicator: fc.option(
      fc.record({
        campaign: orNull,
        source: orNull,
        firstPublished: orNull,
        confidence: fc.constantFrom('low', 'medium', 'high', null),
      }),
      { nil: null },
    ),
    worker: fc.nat(),
    machine: text,
    matches: fc.array(
      fc.record({ list: text, rule: text, indicator: fc.constant(null), mode: fc.constant('monitor') }),
    ),
    rcode: fc.option(fc.constantFrom('NOERROR', 'NXDOMAIN'), { nil: null }),
    through: orNull,
    resolver: text,
  });
  fc.assert(
    fc.property(fc.array(hits, { maxLength: 20 }), (several) => {
      lines.clear();
      const texts = several.map((more) => {
        const hit = hitOf(more as Partial<Hit>);
        lines.add(hit);
        lines.add(hit);
        return `${JSON.stringify(hit)}\n`.repeat(2);
      });
      return lines.octets.toString() === texts.join('') && lines.size === several.length * 2;
    }),
  );
});

t.test('moments are written and read as Date does', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (timeMs) => {
      const text = momentToText(timeMs);
      return text === new Date(timeMs).toISOString() && textToMoment(text) === timeMs;
    }),
  );
});
