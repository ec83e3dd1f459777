// Load that is all hits, and what the store of a real daemon holds of it.
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { numberIn } from '../../src/hits/store/row.ts';
import type { Daemon } from './daemon.ts';
import { query } from './message.ts';

/** Asks for names below `domain` with a window of queries in flight; counts what was sent and what came back. */
export function load(daemon: Daemon, domain = 'evil.example') {
  const socket = createSocket('udp4');
  const counts = { sent: 0, answered: 0, running: true };
  const send = (): void => {
    if (!counts.running) return;
    counts.sent += 1;
    socket.send(query(`h${counts.sent % 500}.${domain}`, counts.sent % 2 === 0 ? 'A' : 'AAAA'), () => {});
  };
  socket.on('error', () => {});
  socket.on('message', () => {
    counts.answered += 1;
    send();
  });
  socket.connect(daemon.server.port, daemon.server.host, () => {
    for (let i = 0; i < 16; i += 1) send();
  });
  return {
    counts,
    stop: async () => {
      counts.running = false;
      await new Promise((resolve) => setTimeout(resolve, 200)); // what is under way comes back
      socket.close();
    },
  };
}

/** Queries that the stored hits stand for; 0 while the store has not begun. */
export function storedIn(folder: string): number {
  const database = new DatabaseSync(join(folder, 'cenote.db'), { readOnly: true });
  try {
    return numberIn(
      database
        .prepare(
          'SELECT coalesce(sum(count), 0) AS hits FROM (SELECT count FROM hits UNION ALL SELECT queries FROM hitBatches)',
        )
        .get(),
      'hits',
    );
  } catch {
    return 0;
  } finally {
    database.close();
  }
}
