// What a report does not flag for detection, on request: what it says to be harmless stays out.
import t from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import { lines, NOW } from '../support/lists-report.ts';

t.test('who takes what is not flagged takes nothing that is said to be harmless', async (t) => {
  const taken = async (text: string, sourceName: string, takeUnflagged: boolean): Promise<string[]> => {
    const input = { bytes: Buffer.from(text), sourceName, now: NOW, options: { takeUnflagged } };
    return (await importSource(input)).taken.map(({ name }) => name);
  };
  const rows = [
    ['kabarawan.com', '0', 'server'],
    ['awan-data77.com', '0', 'kill switch'],
    ['awan-data78.com', '0', 'Victim'],
    ['awan-data79.com', '1', 'legitimate'],
    ['kabarsatu.com', '1', ''],
  ];
  const csv = lines('type,value,to_ids,comment', ...rows.map((row) => `domain,${row.join(',')}`));
  t.same(await taken(csv, 'report.csv', false), ['kabarsatu.com']);
  t.same(await taken(csv, 'report.csv', true), ['kabarawan.com', 'kabarsatu.com']);
  const records = JSON.stringify([
    { type: 'domain', indicator: 'kabarawan.com', to_ids: false },
    { type: 'domain', indicator: 'awan-data77.com', false_positive: true },
    { type: 'domain', indicator: 'awan-data78.com', verdict: 'benign' },
    { type: 'domain', indicator: 'kabarsatu.com' },
  ]);
  t.same(await taken(records, 'feed.json', true), ['kabarawan.com', 'kabarsatu.com']);
  const indicator = (of: string, kind: string): object => ({
    ...{
      type: 'indicator',
      spec_version: '2.1',
      id: `indicator--00000000-0000-4000-8000-00000000000${of.length}`,
    },
    ...{
      created: '2026-01-01T00:00:00Z',
      modified: '2026-01-01T00:00:00Z',
      valid_from: '2026-01-01T00:00:00Z',
    },
    ...{ pattern_type: 'stix', pattern: `[domain-name:value = '${of}']`, indicator_types: [kind] },
  });
  const objects = [indicator('kabarawan.com', 'malicious-activity'), indicator('awan-data77.com', 'benign')];
  const bundle = JSON.stringify({
    type: 'bundle',
    id: 'bundle--00000000-0000-4000-8000-000000000001',
    objects,
  });
  t.same(await taken(bundle, 'bundle.json', true), ['kabarawan.com']);
});

t.test('addresses of a MISP event that flags nothing are kept where it is taken all the same', async (t) => {
  const attributes = [{ type: 'ip-dst', value: '203.0.113.9', to_ids: false }];
  const bytes = Buffer.from(JSON.stringify({ Event: { info: 'x', Attribute: attributes } }));
  for (const takeUnflagged of [false, true]) {
    const input = { bytes, sourceName: 'event.json', now: NOW, options: { takeUnflagged } };
    const { addresses } = await importSource(input);
    t.same(
      addresses.map(({ address }) => address),
      takeUnflagged ? ['203.0.113.9'] : [],
    );
  }
});
