// `cenote serve`: runs the daemon in the foreground.
import { loaderApart, loadTextApart } from '../../daemon/configuration/apart.ts';
import type { LogLevel } from '../../daemon/log.ts';
import { prestart } from '../../daemon/threads/prestart.ts';
import { keepHeapsSmall } from '../../daemon/threads/small-heaps.ts';
import { EXIT } from '../cli-error.ts';
import { configFile } from '../config-file.ts';
import { withPolicy } from '../fleet/with-policy.ts';
import { tellLoaded } from '../print.ts';

/** How long the process may take to end by itself. */
const LINGER_MS = 2_000;

interface ServeOptions {
  readonly config?: string;
  readonly logLevel: LogLevel;
}

export async function serveCommand(options: ServeOptions): Promise<number> {
  keepHeapsSmall();
  // Loading code is most of a start: a resolver thread loads its own while this one does, and a third reads the configuration.
  const first = prestart(0);
  const file = configFile(options.config);
  const policy = withPolicy(loaderApart(file));
  const { serve } = await import('../../daemon/serve.ts');
  const { load, kept } = await policy;
  const config = tellLoaded(await load());
  if (config === null) return EXIT.bad;
  const code = await serve({
    config,
    load,
    loadText: (text) => loadTextApart(file, text, kept?.overlay() ?? null),
    first,
    kept,
    logLevel: options.logLevel,
  });
  // Everything is closed; whatever still held the process open would hold a restart up.
  setTimeout(() => process.exit(code), LINGER_MS).unref();
  return code;
}
