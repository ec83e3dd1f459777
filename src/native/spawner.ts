// Starts a program without copying this process: posix_spawn(3), which is vfork(2) and execve(2) in both C libraries.
//
// libuv forks, and fork copies the tables of all memory there is: ten milliseconds for a daemon of 200 MiB, in which no
// thread of it gets a page, and every page written to afterwards is a fault.
import { constants } from 'node:os';
import { errnoName, type Koffi, loadKoffi } from './koffi.ts';
import { FILE_ACTIONS_OCTETS, OPEN, SOCK, WAIT } from './numbers.ts';
import { AF } from './socket-name.ts';

/** The descriptor that the program talks to us by. */
export const CHANNEL_FD = 3;

export interface Spawned {
  readonly pid: number;
  /** This end of a pair of connected sockets; the program has the other as CHANNEL_FD. Whoever asked closes it. */
  readonly channel: number;
  /** What the program writes to its standard error can be read from here; likewise. */
  readonly errors: number;
}

/** How a process ended: its code, or the signal that ended it. */
export type Ending =
  | { readonly code: number; readonly by: null }
  | { readonly code: null; readonly by: string };

let loaded: Promise<Spawner | null> | null = null;

/** Loaded once a thread; null where the C library cannot be called. */
export function loadSpawner(): Promise<Spawner | null> {
  loaded ??= loadKoffi().then((native) => (typeof native === 'string' ? null : new Spawner(native.koffi)));
  return loaded;
}

type FileActionsCall = (actions: Uint8Array) => number;

export class Spawner {
  readonly #socketpair: (domain: number, type: number, protocol: number, pair: Uint8Array) => number;
  readonly #close: (fd: number) => number;
  readonly #initActions: FileActionsCall;
  readonly #destroyActions: FileActionsCall;
  readonly #addOpen: (actions: Uint8Array, fd: number, path: string, flags: number, mode: number) => number;
  readonly #addDup2: (actions: Uint8Array, from: number, to: number) => number;
  readonly #spawn: (
    pid: Uint8Array,
    program: string,
    actions: Uint8Array,
    attributes: null,
    args: readonly (string | null)[],
    environment: readonly (string | null)[],
  ) => number;
  readonly #waitpid: (pid: number, status: Uint8Array, options: number) => number;
  readonly #koffi: Koffi;

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    const c = koffi.load(null);
    const bytes = 'uint8_t *';
    this.#socketpair = c.func('socketpair', 'int', ['int', 'int', 'int', bytes]);
    this.#close = c.func('close', 'int', ['int']);
    this.#initActions = c.func('posix_spawn_file_actions_init', 'int', [bytes]);
    this.#destroyActions = c.func('posix_spawn_file_actions_destroy', 'int', [bytes]);
    this.#addOpen = c.func('posix_spawn_file_actions_addopen', 'int', [bytes, 'int', 'str', 'int', 'uint']);
    this.#addDup2 = c.func('posix_spawn_file_actions_adddup2', 'int', [bytes, 'int', 'int']);
    this.#spawn = c.func('posix_spawn', 'int', [bytes, 'str', bytes, 'void *', 'str *', 'str *']);
    this.#waitpid = c.func('waitpid', 'int', ['int', bytes, 'int']);
  }

  /**
   * Starts a program with nothing to read, nowhere to write to, and CHANNEL_FD. This thread waits until it runs.
   *
   * @param args with the name of the program as the first
   * @throws Error with the number of what is wrong by its name
   */
  start(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): Spawned {
    const channel = this.#pair();
    let errors: Int32Array;
    try {
      errors = this.#pair();
    } catch (error) {
      this.#closeAll(channel);
      throw error;
    }
    const actions = new Uint8Array(FILE_ACTIONS_OCTETS);
    const pid = new Int32Array(1);
    this.#initActions(actions);
    const number =
      this.#addOpen(actions, 0, '/dev/null', OPEN.read, 0) ||
      this.#addOpen(actions, 1, '/dev/null', OPEN.write, 0) ||
      this.#addDup2(actions, errors[1]!, 2) ||
      this.#addDup2(actions, channel[1]!, CHANNEL_FD) ||
      this.#spawn(
        new Uint8Array(pid.buffer),
        program,
        actions,
        null,
        [...args, null],
        [...Object.entries(environment).map(([name, value]) => `${name}=${value}`), null],
      );
    this.#destroyActions(actions);
    if (number !== 0) {
      this.#closeAll(channel);
      this.#closeAll(errors);
      throw new Error(`${program} does not start: ${errnoName(this.#koffi, number)}`);
    }
    this.#close(channel[1]!);
    this.#close(errors[1]!);
    return { pid: pid[0]!, channel: channel[0]!, errors: errors[0]! };
  }

  /**
   * Takes the end of a process that `start` started; it has no number any more then.
   * @returns null while it runs; code −1 when somebody else took it
   */
  endingOf(pid: number): Ending | null {
    const status = new Int32Array(1);
    const ended = this.#waitpid(pid, new Uint8Array(status.buffer), WAIT.noHang);
    if (ended === 0) return null;
    if (ended < 0) return { code: -1, by: null };
    const signal = status[0]! & WAIT.signalMask;
    if (signal === 0) return { code: (status[0]! >> WAIT.codeShift) & 0xff, by: null };
    const by = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
    return { code: null, by: by ?? `signal ${signal}` };
  }

  #pair(): Int32Array {
    const pair = new Int32Array(2);
    if (this.#socketpair(AF.unix, SOCK.stream, 0, new Uint8Array(pair.buffer)) !== 0)
      throw new Error(`socketpair failed: ${errnoName(this.#koffi, this.#koffi.errno())}`);
    return pair;
  }

  #closeAll(pair: Int32Array): void {
    for (const fd of pair) this.#close(fd);
  }
}
