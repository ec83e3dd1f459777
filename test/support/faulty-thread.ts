// Loaded with `--import` into a daemon under test: a thread or the helper that compiles fails at a step of a change, once, as a file
// named like it orders: `{ "at": "prepare", "fault": "dies" }`. No switch in the program itself: what a thread is told comes late, is
// answered with a refusal, or ends it by an error that nobody catches.
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { isMainThread, type MessagePort, parentPort, threadName } from 'node:worker_threads';
import { CHANNEL_FD } from '../../src/native/spawner.ts';
import { hearFrames, sendFrame } from '../../src/offload/frames.ts';

export interface Order {
  readonly at: 'prepare' | 'commit';
  readonly fault: 'refuses' | 'dies' | 'late';
  readonly lateMs?: number;
}

interface Step {
  readonly kind?: string;
  readonly sequence?: number;
  readonly number?: number;
}

type Hear = (message: Step) => void;

const folder = process.env['FAULTY_THREADS'] ?? '';
const isHelper = isMainThread && process.argv.some((word) => word.includes('compile-process'));
const name = isHelper ? 'compile' : (threadName ?? '');

function orderFor(step: string | undefined): Order | null {
  const path = `${folder}/${name}`;
  if (name === '' || !existsSync(path)) return null;
  const order = JSON.parse(readFileSync(path, 'utf8')) as Order;
  if (order.at !== step) return null;
  unlinkSync(path);
  return order;
}

function hearFaulty(port: MessagePort, hear: Hear): Hear {
  return (message) => {
    const order = orderFor(message.kind);
    if (order === null) return hear(message);
    if (order.fault === 'dies') throw new Error(`${name} dies for a test`);
    if (order.fault === 'late') return void setTimeout(() => hear(message), order.lateMs ?? 0);
    const error = `${name} refuses for a test`;
    port.postMessage({ ...message, kind: 'prepared', changes: undefined, settings: undefined, error });
  };
}

if (folder !== '' && !isMainThread && parentPort !== null && /^(resolver-|hits)/.test(name)) {
  const port = parentPort;
  const on = port.on.bind(port) as (event: string, hear: Hear) => MessagePort;
  port.on = ((event: string, hear: Hear) =>
    on(event, event === 'message' ? hearFaulty(port, hear) : hear)) as typeof port.on;
} else if (folder !== '' && isHelper) {
  const order = orderFor('prepare');
  if (order?.fault === 'dies') process.kill(process.pid, 'SIGKILL');
  if (order?.fault === 'late')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, order.lateMs ?? 0);
  if (order?.fault === 'refuses') {
    const channel = new Socket({ fd: CHANNEL_FD });
    hearFrames(channel, () => {
      void sendFrame(channel, { failed: `${name} refuses for a test` }).then(() => process.exit(1));
    });
    // Its own module is never reached.
    await new Promise(() => undefined);
  }
}
