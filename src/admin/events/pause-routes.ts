// The routes that stop blocking for a while, for groups or for one machine, and that block again.
import { lastsMs } from '../checks/lasting.ts';
import type { OverridesState } from '../overrides/routes.ts';
import { changes, ok, type Route, RouteError, reads } from '../route.ts';
import { EVERY_NAME, type PausedMachine, pausedMachines } from './paused-machines.ts';
import { EVENT_BODIES, EVENT_RESPONSES } from './schemas.ts';
import type { EventsState, PauseView } from './state.ts';

type State = EventsState & OverridesState;

interface Whom {
  readonly group?: string;
  readonly client?: string;
}

/** A timer of the runtime counts no further (2³¹ ms). */
const LASTING = {
  what: 'a pause',
  daysMax: 24,
  examples: 'such as 10m, 2h or 1d',
  otherwise: 'it lasts until it is resumed',
} as const;
/** Lists of a million names are compiled anew for one machine's pause. */
const IN_FORCE_MS = 60_000;

export function pauseRoutes(state: State): readonly Route[] {
  return [
    reads({
      path: '/api/v1/pause',
      role: 'reader',
      summary: 'Groups and machines for which blocking is paused.',
      response: EVENT_RESPONSES.pauses,
      answer: async () => ok(allPaused(state)),
    }),
    changes({
      path: '/api/v1/pause',
      role: 'admin',
      summary: 'Stops blocking, for a while or until it is resumed.',
      body: EVENT_BODIES.pause,
      response: EVENT_RESPONSES.pauses,
      patienceMs: IN_FORCE_MS,
      answer: async ({ body }) => {
        const { for: duration, group, client } = body as Whom & { readonly for?: string };
        const forMs = duration === undefined ? null : lastsMs(duration, LASTING);
        checkWhom({ group, client } as Whom);
        const before = allPaused(state);
        if (client === undefined) await state.pause(group ?? null, forMs);
        else
          await state.override({
            action: 'allow',
            name: EVERY_NAME,
            forMs,
            client,
            group: null,
            reason: 'pause',
            isBroadMeant: true,
          });
        return { ...ok(allPaused(state)), before, after: allPaused(state) };
      },
    }),
    changes({
      path: '/api/v1/resume',
      role: 'admin',
      summary: 'Blocks again.',
      body: EVENT_BODIES.resume,
      response: EVENT_RESPONSES.pauses,
      patienceMs: IN_FORCE_MS,
      answer: async ({ body }) => {
        const whom = body as Whom;
        checkWhom(whom);
        const before = allPaused(state);
        if (whom.client === undefined) await state.resume(whom.group ?? null);
        else await resumeMachine(state, whom.client);
        return { ...ok(allPaused(state)), before, after: allPaused(state) };
      },
    }),
  ];
}

function allPaused(state: State): {
  readonly paused: readonly PauseView[];
  readonly pausedMachines: readonly PausedMachine[];
} {
  return { paused: state.paused(), pausedMachines: pausedMachines(state) };
}

function checkWhom({ group, client }: Whom): void {
  if (client !== undefined && group !== undefined)
    throw new RouteError(400, 'BAD_QUERY', 'say a machine or a group, not both');
}

async function resumeMachine(state: State, client: string): Promise<void> {
  const own = pausedMachines(state).filter((one) => isSame(state, one.client, client));
  if (own.length === 0)
    throw new RouteError(
      404,
      'BAD_CLIENT',
      `no pause is for ${JSON.stringify(client)} alone; ${pausedText(state)}`,
    );
  for (const { id } of own) await state.removeOverride(id);
}

/** Of whom blocking is paused. */
function pausedText(state: State): string {
  const { paused, pausedMachines: machines } = allPaused(state);
  const whom = [...paused.map(({ group }) => `group ${group}`), ...machines.map(({ client }) => client)];
  return whom.length === 0 ? 'nothing is paused' : `paused are ${whom.join(', ')}`;
}

/** By any of its names. */
function isSame(state: State, one: string, other: string): boolean {
  if (one.toLowerCase() === other.trim().toLowerCase()) return true;
  const ids = state.whoIs(one)?.machines ?? [];
  return state.whoIs(other)?.machines.some((id) => ids.includes(id)) ?? false;
}
