// Entry of the thread that publishes: `daemon` starts it with the folder of what is kept and speaks to it as messages.ts says.
import { randomInt } from 'node:crypto';
import { Socket } from 'node:net';
import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Connections } from './connections.ts';
import type { FromPublisher, ToPublisher } from './messages.ts';
import { Publisher } from './publisher.ts';

/** Making zones must not take a core from those who answer. On Linux a thread has a niceness of its own. */
const NICENESS = 5;

if (parentPort === null)
  throw new Error('thread.ts runs as a thread of the daemon (src/publish); start `cenote serve`');
const port = parentPort;
if (process.platform === 'linux') setPriority(Math.max(getPriority(), NICENESS));
const send = (message: FromPublisher): void => port.postMessage(message);

const publisher = new Publisher({
  dir: String(workerData.dir),
  send,
  now: Date.now,
  random16: () => randomInt(65_536),
});
const connections = new Connections((message, from) => publisher.server.answer(message, from, false));

port.on('message', (message: ToPublisher) => {
  switch (message.kind) {
    case 'settings':
      publisher.use(message.number, message.settings);
      return;
    case 'question': {
      const answer = publisher.server.answer(message.message, message.from, message.isUdp);
      const reply = answer === null ? null : answer.kind === 'message' ? answer.message : answer.busy;
      send({ kind: 'reply', number: message.number, reply });
      return;
    }
    case 'connection':
      connections.accept(
        new Socket({ fd: message.fd, readable: true, writable: true }),
        message.octets,
        message.from,
      );
      return;
    case 'stop':
      connections.close();
      publisher.stop();
      port.close();
      return;
    default:
      message satisfies never;
  }
});
