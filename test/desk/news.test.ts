// What is said when the hits thread's own files fail and work again: each trouble has an end that is known to be its own.
import t from 'tap';
import {
  NEWS_OF_STDOUT,
  type News,
  newsOfLog,
  newsOfQueryLog,
  newsOfSearch,
  newsOfStore,
  unstoredText,
} from '../../src/desk/news.ts';

const error = new Error('ENOSPC: no space left on device');
const path = '/data/store.db';

t.test('trouble and its end are about the same, and say what becomes of the hits meanwhile', (t) => {
  const pairs: readonly (readonly [News, News, RegExp])[] = [
    [
      newsOfStore({ kind: 'failing', error }),
      newsOfStore({ kind: 'working' }),
      /hits wait in memory and journal, what a pause, .* in memory alone$/,
    ],
    [
      newsOfQueryLog({ kind: 'failing', error }),
      newsOfQueryLog({ kind: 'working' }),
      /queries wait in memory/,
    ],
    [
      newsOfLog({ failing: true, error, path } as Parameters<typeof newsOfLog>[0]),
      newsOfLog({ failing: false, path, linesLost: 3 } as Parameters<typeof newsOfLog>[0]),
      /lines wait in memory/,
    ],
    [newsOfSearch(error), newsOfSearch(null), /trying again/],
  ];
  for (const [begun, over, meanwhile] of pairs) {
    t.ok(begun.isTrouble && begun.about !== null, begun.text);
    t.match(begun.text, /ENOSPC/);
    t.match(begun.text, meanwhile);
    t.equal(over.about, begun.about);
    t.notOk(over.isTrouble, over.text);
    t.match(over.text, / again/);
  }
  t.equal(new Set(pairs.map(([{ about }]) => about)).size, pairs.length, 'none ends another’s');
  t.match(pairs[2]?.[1].text, /lost: 3 lines$/);
  t.end();
});

t.test('at the end only what is not stored is named', (t) => {
  t.equal(unstoredText({ hits: { size: 0, unjournalled: 0 }, askings: 0, isRest: false }), null);
  t.equal(
    unstoredText({ hits: null, askings: 1, isRest: false }),
    'not stored at the end: 1 different question of the history',
  );
  t.match(
    unstoredText({ hits: { size: 3, unjournalled: 3 }, askings: 0, isRest: true }),
    /: 3 hits \(lost: no journal has them\); the last changes of incidents/,
  );
  t.end();
});

t.test('what happened and has no end is about nothing, and names the file that is kept', (t) => {
  const aside = '/data/store.db.damaged-2026';
  for (const news of [
    newsOfStore({ kind: 'setAside', path: aside, error }),
    newsOfQueryLog({ kind: 'setAside', path: aside, error }),
  ]) {
    t.match(news, { about: null, isTrouble: true });
    t.match(news.text, `it is set aside (${aside}) and a new one begun`);
  }
  t.match(NEWS_OF_STDOUT, { about: null, isTrouble: true, text: /the file and the store have them/ });
  t.end();
});

t.test('an update that takes its time says so before and after, and is no trouble', (t) => {
  const begun = newsOfStore({ kind: 'takingOver', path, bytes: 734_003_200 } as Parameters<
    typeof newsOfStore
  >[0]);
  const done = newsOfStore({ kind: 'takenOver', tookMs: 12_345 } as Parameters<typeof newsOfStore>[0]);
  t.match(begun.text, /\/data\/store\.db, 7\d\d\.?\d* M.*names are answered/);
  t.match(done.text, /\(12\.3 s\)/);
  for (const news of [begun, done]) t.match(news, { about: null, isTrouble: false });
  t.end();
});
