// How long the kernel lets this thread run, and others before it: sched_setattr(2).
import { getPriority } from 'node:os';
import { loadLibc } from './libc.ts';

/** struct sched_attr, first version: size u32, policy u32, flags u64, nice i32, priority u32, runtime u64 … */
const ATTRIBUTES = { octets: 48, policy: 4, nice: 16, runtimeNs: 24 } as const;
const POLICY = { other: 0, idle: 5 } as const;
/** The shortest the kernel takes. */
const TURN_NS = 100_000n;

/**
 * Asks for short turns: a thread that wakes for a query and is soon done goes before those that run for longer at a time,
 * though its share of the processor stays the same. Takes no privilege.
 *
 * @returns whether the kernel took it. It is heeded from Linux 6.12 on; where not, threads wait for each other as ever
 */
export function takeShortTurns(): Promise<boolean> {
  return schedule(0, POLICY.other, TURN_NS);
}

/**
 * Lets everybody else go before a process (SCHED_IDLE): whoever wakes for a query takes the processor from it at once, and
 * is put there rather than beside another that answers. Cannot be undone without privilege.
 *
 * @param pid one that has only just begun: what threads it has by then keep their standing, those it starts have its own
 * @returns whether the kernel took it
 */
export function scheduleIdle(pid: number): Promise<boolean> {
  return schedule(pid, POLICY.idle, 0n);
}

/** @param id of a thread; 0 is this one */
async function schedule(id: number, policy: number, turnNs: bigint): Promise<boolean> {
  const libc = await loadLibc();
  if (typeof libc === 'string') return false;
  const attributes = new DataView(new ArrayBuffer(ATTRIBUTES.octets));
  attributes.setUint32(0, ATTRIBUTES.octets, true);
  attributes.setUint32(ATTRIBUTES.policy, policy, true);
  attributes.setInt32(ATTRIBUTES.nice, getPriority(id), true);
  attributes.setBigUint64(ATTRIBUTES.runtimeNs, turnNs, true);
  return libc.schedule(id, new Uint8Array(attributes.buffer));
}
