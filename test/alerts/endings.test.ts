// How the end of an incident is worded where it was not watched all the time.
import t from 'tap';
import { endSentence } from '../../src/alerts/endings.ts';
import { noticeOf } from '../support/hits-receivers.ts';

const of = (reason: string, from: string, to: string | null) => ({ reason, from, to }) as never;
const LAST = '2026-03-01T09:00:00.000Z';

function sentence(...unwatched: never[]): string {
  const { incident } = noticeOf();
  if (incident === null) throw new Error('the sample has no incident');
  return endSentence({ ...incident, end: 'silent', last: LAST, unwatched });
}

t.test(
  'silence is told with the last two of the times in which nobody listened, and how many more',
  async (t) => {
    const began = 'has asked for no more names of list 3cx-2023 since 2026-03-01 09:00:00 UTC';
    const down = of('down', '2026-03-01T10:00:00.000Z', '2026-03-01T11:00:00.000Z');
    const part = of('in-part', LAST, '2026-03-01T12:00:00.000Z');
    const paused = of('paused', '2026-03-01T13:00:00.000Z', null);
    const earlier = of('paused', '2026-03-01T07:00:00.000Z', '2026-03-01T08:00:00.000Z');
    const [downText, partText] = [
      'cenote was not running from 2026-03-01 10:00:00 UTC to 2026-03-01 11:00:00 UTC',
      'not all that it asked for was watched from 2026-03-01 09:00:00 UTC to 2026-03-01 12:00:00 UTC',
    ];
    const told = (gaps: string) => new RegExp(`${began}${gaps.replaceAll(/[()]/g, '\\$&')}\\.$`);
    t.match(sentence(), told(''));
    t.match(sentence(earlier), told(''), 'before it asked last it does not matter');
    t.match(sentence(earlier, down), told(` (${downText})`));
    t.match(sentence(down, part), told(` (${downText}, ${partText})`));
    t.match(
      sentence(down, part, paused),
      told(` (${partText}, blocking was paused from 2026-03-01 13:00:00 UTC and 1 more)`),
    );
  },
);
