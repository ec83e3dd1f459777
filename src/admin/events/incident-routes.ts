// The routes of incidents: all of them, and one with its story, which somebody acknowledges, notes something of or takes away as a file.
import type { IncidentFilter } from '../../hits/store/incident-table.ts';
import { changes, ok, type Route, RouteError, reads } from '../route.ts';
import { clientAndLimit, isoTime, sinceMs } from './asked.ts';
import { EVENT_BODIES, EVENT_PARAMS, EVENT_QUERIES, EVENT_RESPONSES } from './schemas.ts';
import type { EventsState, IncidentDetail } from './state.ts';

const NOTE_OCTETS = 32 * 1024;

export function incidentRoutes(state: EventsState, now: () => number): readonly Route[] {
  const one = { params: EVENT_PARAMS.incident };
  return [
    reads({
      path: '/api/v1/incidents',
      role: 'reader',
      summary: 'Incidents: who asked for what, grouped by client and campaign.',
      query: EVENT_QUERIES.incidents,
      response: EVENT_RESPONSES.incidents,
      answer: async ({ query }) => {
        const { since: sinceText = '30d', state: wanted } = query;
        const since = sinceMs(sinceText, now());
        const filter: IncidentFilter = {
          sinceMs: since,
          ...(wanted === 'open' || wanted === 'closed' ? { state: wanted } : {}),
          ...clientAndLimit(state, query),
        };
        const [incidents, coverage] = await Promise.all([
          state.incidents(filter),
          state.coverage('hits', since),
        ]);
        return ok({ since: isoTime(since), coverage, incidents });
      },
    }),
    reads({
      ...one,
      path: '/api/v1/incidents/:id',
      role: 'reader',
      summary: 'One incident: when it asked, its hits, what somebody noted.',
      response: EVENT_RESPONSES.detail,
      answer: async ({ params: { id = '' } }) => ok(await detailOf(state, id)),
    }),
    reads({
      ...one,
      path: '/api/v1/incidents/:id/export',
      role: 'reader',
      summary: 'The same as a file, with the time that was watched.',
      response: null,
      types: ['application/json'],
      answer: async ({ params: { id = '' } }) => {
        const detail = await detailOf(state, id);
        const coverage = await state.coverage('hits', Date.parse(detail.incident.first));
        const body = { exported: isoTime(now()), ...detail, coverage };
        return {
          status: 200,
          body: `${JSON.stringify(body, null, 2)}\n`,
          contentType: 'application/json; charset=utf-8',
          headers: { 'content-disposition': `attachment; filename="incident-${detail.incident.id}.json"` },
        };
      },
    }),
    changes({
      ...one,
      path: '/api/v1/incidents/:id/acknowledge',
      role: 'analyst',
      summary: 'Somebody has seen the incident: it is not told again.',
      response: EVENT_RESPONSES.incident,
      answer: async ({ params: { id = '' } }) => {
        const { incident: was } = await detailOf(state, id);
        const incident = await state.acknowledge(id.toUpperCase());
        if (incident === null) throw noIncident();
        const [before, after] = [was, incident].map(({ acknowledged }) => ({ acknowledged }));
        return { ...ok({ incident }), before, after };
      },
    }),
    changes({
      ...one,
      path: '/api/v1/incidents/:id/note',
      role: 'analyst',
      summary: 'Keeps what somebody notes of the incident in place of what was noted before.',
      body: EVENT_BODIES.note,
      bodyOctets: NOTE_OCTETS,
      response: EVENT_RESPONSES.detail,
      answer: async ({ params: { id = '' }, body }) => {
        const { note, base } = body as { readonly note: string; readonly base?: string | null };
        const noted = await state.noteIncident(id.toUpperCase(), note.trim(), base);
        if (noted === null) throw noIncident();
        if (!noted.isKept) throw anotherNote(noted.was);
        const { was, detail } = noted;
        return { ...ok(detail), before: { note: was }, after: { note: detail.note } };
      },
    }),
  ];
}

async function detailOf(state: EventsState, id: string): Promise<IncidentDetail> {
  const detail = await state.incident(id.toUpperCase());
  if (detail === null) throw noIncident();
  return detail;
}

const anotherNote = (note: IncidentDetail['note']): RouteError =>
  new RouteError(
    409,
    'NOTE_CHANGED',
    note === null
      ? 'somebody took the note away meanwhile'
      : `somebody noted something else meanwhile, at ${note.time}; look at it before yours takes its place`,
  );

const noIncident = (): RouteError =>
  new RouteError(
    404,
    'NO_INCIDENT',
    'there is no incident of this id; `cenote incidents` and /api/v1/incidents show those that there are',
  );
