// Incidents, finds and troubles of sites in the central store. An incident is there as it was last told, a find and a trouble by its id.
import type { Note } from '../messages/batch.ts';
import { machineAcross } from './machine-across.ts';
import type { Connection } from './statement.ts';

interface Teller {
  readonly site: string;
  /** Number of its life. */
  readonly life: number;
}

export async function putNotes(
  teller: Teller,
  notes: readonly Note[],
  connection: Connection,
): Promise<void> {
  for (const note of notes) await PUT[note.kind](teller, note, connection);
}

/** The machine that a find or trouble is about, as JSON of a client. */
export function clientsOf(notes: readonly Note[]): string[] {
  const bodies = notes.flatMap(({ kind, body }) => {
    if (kind === 'trouble') return [];
    const { client, machine } = JSON.parse(body);
    return typeof client?.ip === 'string' ? [JSON.stringify({ ...client, machine })] : [];
  });
  return [...new Set(bodies)];
}

type Put = (teller: Teller, note: Note, connection: Connection) => Promise<unknown>;

const PUT: Readonly<Record<Note['kind'], Put>> = {
  incident: ({ site, life }, { id, number, body }, connection) => {
    const incident = JSON.parse(body);
    const { client, machine, campaign, list, state, opened, last, closed, told } = incident;
    const news = new Date(Math.max(...[opened, last, closed, told].map((at) => momentIn(at).getTime())));
    return connection.query(
      `INSERT INTO cenote.incidents (site, id, life, number, machine, concern, state, news, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (site, id) DO UPDATE SET life = excluded.life, number = excluded.number, machine = excluded.machine,
         concern = excluded.concern, state = excluded.state, news = excluded.news, body = excluded.body
       WHERE (incidents.life, incidents.number) < (excluded.life, excluded.number)`,
      [
        site,
        id,
        life,
        number,
        machineAcross(site, { ...client, machine }),
        String(campaign ?? `list ${list}`),
        state === 'open' ? 'open' : 'closed',
        news,
        body,
      ],
      'incident-put',
    );
  },
  find: ({ site }, { id, body }, connection) => {
    const find = JSON.parse(body);
    return connection.query(
      'INSERT INTO cenote.finds (site, id, machine, time, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
      [site, id, machineAcross(site, { ...find.client, machine: find.machine }), momentIn(find.time), body],
      'find-put',
    );
  },
  // One that is over keeps what it was.
  trouble: ({ site, life }, { id, number, body }, connection) => {
    const { state, since } = JSON.parse(body);
    return connection.query(
      `INSERT INTO cenote.troubles (site, id, life, number, noted, state, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (site, id) DO UPDATE SET life = excluded.life, number = excluded.number, noted = excluded.noted,
         state = excluded.state, body = CASE WHEN excluded.state = 'begun' THEN excluded.body ELSE troubles.body END
       WHERE (troubles.life, troubles.number) < (excluded.life, excluded.number)`,
      [site, id, life, number, momentIn(since), String(state), body],
      'trouble-put',
    );
  },
};

/** What is no time is the earliest. */
function momentIn(value: unknown): Date {
  const date = new Date(typeof value === 'string' ? value : 0);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}
