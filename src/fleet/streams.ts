// The streams of a fleet, which the head makes: bounded, so that one site cannot fill the server, and refusing what is new when
// they are full: what is old would be lost in silence.

import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { StreamConfig } from '@nats-io/jetstream';
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { messageOf } from '../config/coded-error.ts';
import { FleetError } from './fleet-error.ts';
import type { Link } from './link.ts';
import { SEAL_OCTETS } from './seal.ts';
import { STATE_OCTETS_MAX } from './state/site-state.ts';
import { hitsStream, STREAMS, SUBJECTS, stateSubject } from './subjects.ts';

const MIB = 1024 * 1024;
const CLUSTER_REPLICAS = 3;
const ANSWER_MS = 5_000;
/** What a stream's leader says of it at once, where there is one. */
const INFO_MS = 1_000;
const AGAIN_MS = 250;

type Wanted = Pick<StreamConfig, 'name' | 'subjects' | 'max_bytes'> & Partial<StreamConfig>;

/** Those that the head has for itself, made where they are not there. */
export class Streams {
  readonly #link: Pick<Link, 'connection'>;
  readonly #report: (level: 'warn', text: string) => void;
  /** Why they cannot be made, as it was reported. */
  #told: string | null = null;
  /** When they were last made, or found as they should be; monotonic, ms. */
  madeMs: number = Number.NEGATIVE_INFINITY;

  constructor(link: Pick<Link, 'connection'>, report: (level: 'warn', text: string) => void) {
    this.#link = link;
    this.#report = report;
  }

  /** @throws FleetError */
  async make(): Promise<void> {
    const { connection } = this.#link;
    if (connection === null) throw new FleetError('FLEET_DOWN', 'there is no connection to NATS');
    try {
      await makeStreams(connection);
      this.madeMs = performance.now();
      this.#told = null;
    } catch (error) {
      const why = messageOf(error);
      if (this.#told !== why) this.#report('warn', why);
      this.#told = why;
      throw error;
    }
  }

  /** As make, again while there is a connection: a cluster that has just begun has no leader yet. @param forMs how long @throws FleetError */
  async makeWithin(forMs: number): Promise<void> {
    const untilMs = performance.now() + forMs;
    for (;;)
      try {
        return await this.make();
      } catch (error) {
        if (this.#link.connection === null || performance.now() >= untilMs) throw error;
        await pause(AGAIN_MS);
      }
  }
}

/** Policy, and the last state of each site. */
export async function makeStreams(connection: NatsConnection): Promise<void> {
  const last = { max_msgs_per_subject: 1, allow_direct: true };
  const policy = {
    ...last,
    name: STREAMS.policy,
    subjects: [SUBJECTS.policy, SUBJECTS.blobs],
    max_bytes: 256 * MIB,
  };
  const states = {
    ...last,
    name: STREAMS.state,
    subjects: [SUBJECTS.states],
    max_bytes: 32 * MIB,
    max_msg_size: STATE_OCTETS_MAX + SEAL_OCTETS,
  };
  // At once: a stream whose leader was lost says nothing of itself until another is chosen.
  await Promise.all([makeStream(connection, policy), makeStream(connection, states)]);
}

/**
 * Makes a stream, or gives one that is there these limits, where it has others: an update writes all of its settings, and would take back
 * what an admin changes at the same moment. The server sets `max_bytes` aside at once.
 * @throws FleetError FLEET_REFUSED
 */
export async function makeStream(connection: NatsConnection, wanted: Wanted): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: ANSWER_MS });
  const config = {
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    ...wanted,
  };
  try {
    const looking = await jetstreamManager(connection, { checkAPI: false, timeout: INFO_MS });
    const { config: has } = await looking.streams.info(wanted.name);
    if (!isLike(has, config)) await manager.streams.update(wanted.name, config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound)
      throw refused(wanted.name, error);
    // Of a server that stands alone more than one is refused.
    const replicas = connection.info?.cluster === undefined ? 1 : CLUSTER_REPLICAS;
    await manager.streams.add({ ...config, num_replicas: replicas }).catch((cause: unknown) => {
      throw refused(wanted.name, cause);
    });
  }
}

const isLike = (has: Partial<StreamConfig>, wanted: Partial<StreamConfig>): boolean =>
  Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(has[name as keyof StreamConfig], value));

/** What the server keeps of a site that takes part no more. */
export async function dropSite(connection: NatsConnection, site: string): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: ANSWER_MS });
  const unlessGone = (error: unknown): void => {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound)
      throw refused(hitsStream(site), error);
  };
  await manager.streams.delete(hitsStream(site)).catch(unlessGone);
  await manager.streams.purge(STREAMS.state, { filter: stateSubject(site) }).catch(unlessGone);
}

function refused(name: string, cause: unknown): FleetError {
  const why = messageOf(cause);
  return new FleetError('FLEET_REFUSED', `the stream ${name} cannot be made or removed: ${why}`, { cause });
}
