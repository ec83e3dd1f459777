// What this head's configuration and lists say now, for the next policy.
import { readFileSync } from 'node:fs';
import type { HeadConfig } from '../../config/meant/fleet.ts';
import { readYaml } from '../../config/read/document.ts';
import type { Said, SaidList } from '../../fleet/policy/draft.ts';
import { warningFiles } from '../../lists/entry/warning-files.ts';
import type { Supervisor } from '../supervisor.ts';

/** @throws Error when the file cannot be read */
export function saidNow(
  { config, rules }: Supervisor,
  { publish, override }: Pick<HeadConfig, 'publish' | 'override'>,
): Said {
  const { tree } = readYaml(readFileSync(config.file, 'utf8'), config.file);
  const written = (tree ?? {}) as Readonly<Record<string, unknown>>;
  const named = Object.keys((written['lists'] ?? {}) as object);
  const status = rules.lists();
  const lists = config.lists
    .filter(({ name, names }) => names === null && named.includes(name))
    .map(({ name, format }): SaidList => {
      const text = rules.textInForce(name);
      const found = text?.config.format ?? format;
      const { body = null } = text ?? {};
      return {
        name,
        format: found === format ? null : found,
        isFolder: body?.kind === 'folder',
        files: body?.kind === 'file' ? [body.path] : body?.kind === 'folder' ? body.paths : null,
        entries: status.find((one) => one.name === name)?.entries ?? 0,
        key: text?.key ?? null,
      };
    });
  const warnings = publish.includes('lists') ? config.warninglists.flatMap(warningFiles) : [];
  return { tree: written, published: publish, override, lists, warnings };
}
