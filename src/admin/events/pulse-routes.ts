// The route that says how cenote is, once or again and again.

import { ok, type Route, reads } from '../route.ts';
import { count, flag, object, orNull, said, time } from '../shapes.ts';
import type { AdminState } from '../state.ts';
import { pausedMachinesSchema } from './paused-machines.ts';
import { eventsOf, pulseOf, pulses } from './pulse.ts';
import { pauses } from './schemas.ts';

const pulse = object({
  time,
  startedAt: time,
  revision: said('Counts what was put into force since the start.', count),
  healthy: flag,
  ready: flag,
  concerns: said('Problems, and what was refused.', count),
  paused: pauses,
  pausedMachines: pausedMachinesSchema,
  openIncidents: said('null: not known at present.', orNull(count)),
  queries: said('Since the start.', count),
  isOfFleet: said('Whether this daemon is one of many sites (`fleet`).', flag),
});

export function pulseRoutes(state: AdminState, isOfFleet: boolean, now: () => number): readonly Route[] {
  const startedAt = new Date(now() - process.uptime() * 1000).toISOString();
  return [
    reads({
      path: '/api/v1/pulse',
      role: 'reader',
      summary:
        'How cenote is, in a few figures; with `Accept: text/event-stream` every two seconds, each as an event.',
      response: pulse,
      answer: async ({ headers }) => {
        const one = () => pulseOf(state, now, startedAt, isOfFleet);
        if (headers['accept']?.includes('text/event-stream') !== true) return ok(await one());
        const contentType = 'text/event-stream; charset=utf-8';
        // nginx would hold events back.
        return {
          status: 200,
          body: eventsOf(pulses(one)),
          contentType,
          headers: { 'x-accel-buffering': 'no' },
        };
      },
    }),
  ];
}
