// `cenote serve`: runs the daemon in the foreground.
import { serve } from '../../daemon/serve.ts';
import { EXIT } from '../cli-error.ts';
import { configFile, load, loadAndTell } from '../config-file.ts';

export async function serveCommand(options: { readonly config?: string }): Promise<number> {
  const file = configFile(options.config);
  const config = loadAndTell(file);
  if (config === null) return EXIT.bad;
  return serve({ config, load: () => load(file) });
}
