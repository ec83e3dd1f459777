// What a person types. (First form: serve only.)
import { loadConfig } from '../config/load.ts';
import { problemText } from '../config/problem.ts';
import { serve } from '../daemon/serve.ts';

const [command, flag, named] = process.argv.slice(2);
const file =
  flag === '-c' && named !== undefined ? named : (process.env['CENOTE_CONFIG'] ?? 'config/cenote.yaml');
const load = () => loadConfig({ file, environment: process.env });
const loaded = load();
if (command !== 'serve') {
  process.stderr.write('cenote: only `serve` is there yet\n');
  process.exitCode = 2;
} else if (loaded.config === null) {
  for (const problem of loaded.problems) process.stderr.write(`cenote: ${problemText(problem)}\n`);
  process.exitCode = 2;
} else process.exitCode = await serve({ config: loaded.config, load });
