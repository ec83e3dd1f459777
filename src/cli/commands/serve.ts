// `cenote serve`: runs the daemon in the foreground.
import { serve } from '../../daemon/serve.ts';
import { EXIT } from '../cli-error.ts';
import { configFile, load, loadAndTell } from '../config-file.ts';

/** How long the process may take to end by itself. */
const LINGER_MS = 2_000;

export async function serveCommand(options: { readonly config?: string }): Promise<number> {
  const file = configFile(options.config);
  const config = loadAndTell(file);
  if (config === null) return EXIT.bad;
  const code = await serve({ config, load: () => load(file) });
  // Everything is closed; whatever still held the process open would hold a restart up.
  setTimeout(() => process.exit(code), LINGER_MS).unref();
  return code;
}
