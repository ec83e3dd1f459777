// `cenote serve`: runs the daemon in the foreground.
import type { LogLevel } from '../../daemon/log.ts';
import { prestart } from '../../daemon/threads/prestart.ts';
import { keepHeapsSmall } from '../../daemon/threads/small-heaps.ts';
import { EXIT } from '../cli-error.ts';

/** How long the process may take to end by itself. */
const LINGER_MS = 2_000;

interface ServeOptions {
  readonly config?: string;
  readonly logLevel: LogLevel;
}

export async function serveCommand(options: ServeOptions): Promise<number> {
  keepHeapsSmall();
  // Loading code is most of a start: a resolver thread loads its own while this one loads and reads the configuration.
  const first = prestart(0);
  const { configFile } = await import('../config-file.ts');
  const { load: loadFile, loadAndTell, loaderOf } = await import('../read-config.ts');
  const { withPolicy } = await import('../fleet/with-policy.ts');
  const { serve } = await import('../../daemon/serve.ts');
  const file = configFile(options.config);
  const { load, kept } = await withPolicy(loaderOf(file));
  const config = loadAndTell(file, load);
  if (config === null) return EXIT.bad;
  const code = await serve({
    config,
    load,
    loadText: (text) => loadFile(file, text, kept?.overlay() ?? null),
    first,
    kept,
    logLevel: options.logLevel,
  });
  // Everything is closed; whatever still held the process open would hold a restart up.
  setTimeout(() => process.exit(code), LINGER_MS).unref();
  return code;
}
