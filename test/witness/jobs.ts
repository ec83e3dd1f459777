// Offices played by several processes at once: each takes the next that nobody has begun.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Story } from './compare/report.ts';

export interface Job {
  readonly office: number;
  readonly seed: number;
  readonly days: number;
}

export interface Played extends Job {
  readonly compared: number;
  readonly stories: readonly Story[];
}

/** @param played is told of each office, in the order in which they end */
export async function playAll(
  offices: Iterator<Job>,
  jobs: number,
  played: (one: Played) => void,
): Promise<void> {
  const players = Array.from({ length: jobs }, () => {
    // In a group of its own: whoever ends the run ends it in an orderly way, and the office in play is still told of.
    const options = { serialization: 'advanced', detached: true } as const;
    const player = fork(join(import.meta.dirname, 'player.ts'), options);
    return playSome(player, offices, played).finally(() => player.disconnect());
  });
  await Promise.all(players);
}

function playSome(
  player: ChildProcess,
  offices: Iterator<Job>,
  played: (one: Played) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const { value, done } = offices.next();
      if (done === true) resolve();
      else player.send(value);
    };
    player.on('message', (one) => {
      played(one as Played);
      next();
    });
    player.on('error', reject);
    player.on('exit', (code, signal) => reject(new Error(`a player ended (${signal ?? code})`)));
    next();
  });
}
