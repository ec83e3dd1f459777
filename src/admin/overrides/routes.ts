// Names allowed or blocked by hand, for everybody, a group or a machine, for a while or until they are removed.
import { BROAD } from '../../config/error-codes.ts';
import { readPastedAddress, readPastedName } from '../../wire/names/pasted-name.ts';
import { lastsMs } from '../checks/lasting.ts';
import { changes, ok, type Route, RouteError, reads } from '../route.ts';
import {
  bounded,
  eitherOf,
  lasting,
  list,
  object,
  orNull,
  type Schema,
  said,
  text,
  time,
  wanted,
} from '../shapes.ts';

export interface OverrideView {
  readonly id: string;
  readonly action: 'allow' | 'block';
  readonly name: string;
  /** As the person said it: name, MAC, address or user; where it was an id, what the machine is called now. */
  readonly client: string | null;
  readonly group: string | null;
  readonly reason: string | null;
  readonly since: string;
  readonly until: string | null;
  /** False while its machine has no address, or its group is no more. */
  readonly inForce: boolean;
}

export interface OverrideAsked {
  readonly action: 'allow' | 'block';
  readonly name: string;
  readonly forMs: number | null;
  readonly client: string | null;
  readonly group: string | null;
  readonly reason: string | null;
  /** A name that is a whole top-level domain or public suffix is meant so. */
  readonly isBroadMeant: boolean;
}

export interface OverridesState {
  readonly overrides: () => readonly OverrideView[];
  /** Resolves once it is in force. @throws CodedError BAD_NAME, BROAD_NAME, BAD_CLIENT, BAD_GROUP, NOT_IN_FORCE: then nothing changed */
  readonly override: (asked: OverrideAsked) => Promise<OverrideView>;
  /** Null: there is none of that id. */
  readonly removeOverride: (id: string) => Promise<OverrideView | null>;
}

/** Lists of a million names are compiled anew with it. */
const IN_FORCE_MS = 60_000;
const LASTING = {
  what: 'what is allowed or blocked by hand',
  daysMax: 3_650,
  examples: 'such as 15m, 2h or 30d',
  otherwise: 'it lasts until it is removed',
} as const;

const one: Schema = object({
  id: text,
  action: said('allow or block', text),
  name: said('The name; all below it are meant too.', text),
  client: said('For one machine, as it was said, or as it is called now where its id was.', orNull(text)),
  group: said('For one group.', orNull(text)),
  reason: orNull(text),
  since: time,
  until: said('null: until it is removed.', orNull(time)),
  inForce: said('false while its machine has no address, or its group is no more.', { type: 'boolean' }),
});
const response: Schema = object({ overrides: list(one) });

const body: Schema = eitherOf(
  'client',
  'group',
  wanted(
    {
      action: { type: 'string', enum: ['allow', 'block'] },
      name: said('A name, as asked or defanged; all below it are meant too.', bounded(4096)),
      for: lasting('How long: 15m, 1h, 30d, ten years at most. Unset: until it is removed.', 20),
      client: said(
        'Only for this machine: its name, MAC or address, or a user who is logged on at one machine.',
        bounded(256),
      ),
      group: said('Only for this group.', bounded(256)),
      reason: said('Why, for who looks at it later.', bounded(500)),
      broad: said(`true where ${BROAD} is meant, with all below it; else that is refused as BROAD_NAME.`, {
        type: 'boolean',
      }),
    },
    ['action', 'name'],
  ),
);
const params: Schema = wanted({ id: bounded(32) }, ['id']);

export function overrideRoutes(state: OverridesState): readonly Route[] {
  return [
    reads({
      path: '/api/v1/overrides',
      role: 'reader',
      summary: 'Names allowed or blocked by hand.',
      response,
      answer: async () => ok({ overrides: state.overrides() }),
    }),
    changes({
      path: '/api/v1/overrides',
      role: 'admin',
      summary: 'Allows or blocks a name by hand; answers once it is in force.',
      body,
      bodyOctets: 16_384,
      response,
      patienceMs: IN_FORCE_MS,
      answer: async ({ body }) => {
        const made = await state.override(askedOf(body));
        return { ...ok({ overrides: [made] }), before: null, after: made };
      },
    }),
    changes({
      path: '/api/v1/overrides/:id/remove',
      role: 'admin',
      summary: 'Takes it back; answers once that is in force.',
      params,
      response,
      patienceMs: IN_FORCE_MS,
      answer: async ({ params: { id = '' } }) => {
        const removed = await state.removeOverride(id);
        if (removed === null)
          throw new RouteError(
            404,
            'NO_OVERRIDE',
            'there is no override of this id; `cenote overrides` shows those that there are',
          );
        return { ...ok({ overrides: [removed] }), before: removed, after: null };
      },
    }),
  ];
}

function askedOf(body: unknown): OverrideAsked {
  const {
    action,
    name,
    for: duration,
    client,
    group,
    reason,
    broad = false,
  } = body as {
    readonly action: 'allow' | 'block';
    readonly name: string;
    readonly broad?: boolean;
  } & Readonly<Partial<Record<'for' | 'client' | 'group' | 'reason', string>>>;
  if (readPastedAddress(name) !== null)
    throw new RouteError(
      400,
      'BAD_NAME',
      `not a domain name: ${JSON.stringify(name)} is an address; on a list an address, or a network, stops answers that lead there`,
    );
  const read = readPastedName(name);
  if ('problem' in read) throw new RouteError(400, 'BAD_NAME', read.problem);
  if (read.text === '.' || read.text === '')
    throw new RouteError(400, 'BAD_NAME', 'the root is every name; use `cenote pause` to stop blocking');
  if (client !== undefined && group !== undefined)
    throw new RouteError(400, 'BAD_QUERY', 'say a machine or a group, not both');
  return {
    action,
    name: read.text,
    forMs: duration === undefined ? null : lastsMs(duration, LASTING),
    client: client ?? null,
    group: group ?? null,
    reason: reason ?? null,
    isBroadMeant: broad,
  };
}
