// Packs as messages of the policy stream: parts of 128 KiB that are asked for by name with deadlines, so that a download that was cut
// goes on where it was.
import { createHash } from 'node:crypto';
import { open, stat, unlink } from 'node:fs/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { FleetError } from '../fleet-error.ts';
import type { Link } from '../link.ts';
import { blobParts, blobSubject, STREAMS, SUBJECTS } from '../subjects.ts';
import type { Contents } from './contents.ts';
import { PART_OCTETS, type Pack } from './document.ts';

/**
 * Parts asked for at once, at most: a line with 200 ms of round trip still carries 5 MB a second. Over a slow one they are asked for one
 * after the other: its pings wait behind them.
 */
const AT_ONCE = 8;
const PART_MS = 14_000;
const LOOK_MS = 2_000;
const QUICK_MS = 500;
const SLOW_MS = 2_000;

/**
 * Sends what the stream lacks of these packs: it may be new, or the server lost a piece of its disk.
 * @param isThere whether the stream has the policy that names them: without a leader it says nothing of itself, and has what it had
 * @returns how many parts that were @throws Error when it is not known what there is, or one is not kept
 */
export async function fillParts(
  link: Pick<Link, 'connection' | 'keep'>,
  packs: readonly Pick<Pack, 'blob' | 'octets'>[],
  blobs: Pick<Contents, 'read'>,
  isThere: boolean,
): Promise<number> {
  const there = await partsIn(link).catch((error: unknown) => {
    if (isThere) return null;
    throw error;
  });
  if (there === null) return 0;
  let sent = 0;
  for (const { blob, octets } of packs) {
    const subjects = Array.from({ length: Math.ceil(octets / PART_OCTETS) }, (_, part) =>
      blobSubject(blob, part),
    );
    if (subjects.every((subject) => there.has(subject))) continue;
    const whole = await blobs.read(blob);
    for (const [part, subject] of subjects.entries()) {
      if (there.has(subject)) continue;
      await link.keep(subject, whole.subarray(part * PART_OCTETS, (part + 1) * PART_OCTETS));
      sent += 1;
    }
  }
  return sent;
}

/** Subjects of the parts that the stream has. */
async function partsIn({ connection }: Pick<Link, 'connection'>): Promise<ReadonlySet<string>> {
  if (connection === null) throw new FleetError('FLEET_DOWN', 'there is no connection to NATS');
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: LOOK_MS });
  const { state } = await manager.streams.info(STREAMS.policy, { subjects_filter: SUBJECTS.blobs });
  return new Set(Object.keys(state.subjects ?? {}));
}

/** Takes it out of the stream. */
export async function dropBlob(connection: NatsConnection, blob: string): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  await manager.streams.purge(STREAMS.policy, { filter: blobParts(blob) });
}

/**
 * Fetches a pack into a file, from where an earlier attempt ended.
 * @returns octets that came over the link
 * @throws FleetError when a part is not there or is another than was published
 */
export async function fetchBlob(
  link: Pick<Link, 'last'>,
  { blob, octets }: Pack,
  path: string,
): Promise<number> {
  const parts = Math.ceil(octets / PART_OCTETS);
  const size = await stat(path).then(
    (file) => file.size,
    () => 0,
  );
  if (size === octets && (await hashOf(path)) === blob) return 0;
  const there = Math.floor(size / PART_OCTETS);
  let came = 0;
  const file = await open(path, there === 0 ? 'w' : 'r+', 0o600);
  try {
    for (let part = there, atOnce = 1; part < parts; ) {
      const begunMs = performance.now();
      const messages = await Promise.allSettled(
        Array.from({ length: Math.min(atOnce, parts - part) }, (_, index) =>
          link.last(STREAMS.policy, blobSubject(blob, part + index), [PART_MS]),
        ),
      );
      const tookMs = performance.now() - begunMs;
      if (tookMs < QUICK_MS) atOnce = Math.min(AT_ONCE, atOnce * 2);
      else if (tookMs > SLOW_MS) atOnce = 1;
      for (const message of messages) {
        if (message.status === 'rejected') {
          if (messages.length === 1) throw message.reason;
          // Those before it are here; it is asked for alone.
          atOnce = 1;
          break;
        }
        const length = part === parts - 1 ? octets - part * PART_OCTETS : PART_OCTETS;
        if (message.value?.octets.length !== length)
          throw new FleetError('FLEET_CONTENT', `part ${part + 1} of ${parts} of a text is not there`);
        await file.write(message.value.octets, 0, length, part * PART_OCTETS);
        part += 1;
        came += length;
      }
    }
  } finally {
    await file.close();
  }
  if ((await hashOf(path)) === blob) return came;
  await unlink(path);
  throw new FleetError('FLEET_CONTENT', 'what came is another pack than the one that was published');
}

/** A piece at a time. */
async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const piece = new Uint8Array(PART_OCTETS);
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
