// Hunts and their answers in the central store, so that a site that was cut off is asked when it is back, whatever restarted meanwhile.

import type { HuntStore, KeptHunt } from '../hunt/asker.ts';
import type { HuntAnswer, HuntAsked } from '../hunt/messages.ts';
import type { Connection } from './statement.ts';

export function keptHunts(connection: Connection): HuntStore {
  return {
    putHunt: async (asked, askedMs) => {
      await connection.query(
        'INSERT INTO cenote.hunts (id, asked, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [asked.id, new Date(askedMs), JSON.stringify(asked)],
      );
    },
    putAnswer: async (site, answer) => {
      await connection.query(
        `INSERT INTO cenote.huntAnswers (hunt, site, body) VALUES ($1, $2, $3)
         ON CONFLICT (hunt, site) DO UPDATE SET body = excluded.body, answered = now()`,
        [answer.id, site, JSON.stringify(answer)],
      );
    },
    hunts: async (sinceMs, most) => {
      await connection.query('DELETE FROM cenote.hunts WHERE asked < $1', [new Date(sinceMs)]);
      const hunts = await connection.query(
        'SELECT id, asked, body FROM cenote.hunts ORDER BY asked DESC LIMIT $1',
        [most],
      );
      const answers = Map.groupBy(
        await connection.query(
          'SELECT hunt, site, body FROM cenote.huntAnswers WHERE hunt = ANY($1::uuid[])',
          [hunts.map(({ id }) => id)],
        ),
        (answer) => String(answer['hunt']),
      );
      return hunts.toReversed().map(
        (hunt): KeptHunt => ({
          asked: JSON.parse(String(hunt['body'])) as HuntAsked,
          askedMs: (hunt['asked'] as Date).getTime(),
          answers: new Map(
            answers
              .get(String(hunt['id']))
              ?.map((answer) => [String(answer['site']), JSON.parse(String(answer['body'])) as HuntAnswer]),
          ),
        }),
      );
    },
  };
}
