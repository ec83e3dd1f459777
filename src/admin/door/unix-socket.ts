// The Unix socket of the admin interface: a file that only its users may open, and none that an ended daemon left behind.
import { chmodSync, rmSync, statSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { AdminError } from '../admin-error.ts';

export interface UnixPlace {
  /** Absolute. */
  readonly path: string;
  /** Whether users of this machine other than root and this process's may connect: then each is asked who it is. */
  readonly isForAll: boolean;
  /** Nobody chose it: where it cannot be had, on a disk that is read only for one, the addresses serve alone. */
  readonly isUsual: boolean;
}

/** @throws AdminError when it cannot be had */
export async function listenAt(server: Server, { path, isForAll }: UnixPlace): Promise<void> {
  try {
    if (await isLeftBehind(path)) rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    chmodSync(path, isForAll ? 0o666 : 0o600);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const why =
      code === 'EADDRINUSE'
        ? 'another program listens there, or a file is in the way'
        : error instanceof Error
          ? error.message
          : String(error);
    throw new AdminError(
      'ADMIN_LISTEN',
      `${why} (listen.admin.socket ${path}); choose another path, or \`off\``,
      {
        cause: error,
      },
    );
  }
}

/** A socket that nobody listens at. */
function isLeftBehind(path: string): Promise<boolean> {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
