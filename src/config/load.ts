// One configuration from a file and the environment: either a frozen Config, or every mistake with its place.
//
// Steps: read the file → YAML (document.ts) → variables laid over it (environment.ts) → `file:` values read (settle.ts) →
// each section checked by the schema → what it means (resolve.ts). Mistakes are collected over all of them.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Config } from './config.ts';
import { Findings } from './meaning/findings.ts';
import { checkReferences } from './meaning/names.ts';
import { type Complaint, inOrder, type Problem } from './problem.ts';
import { CONFIG_OCTETS_MAX, readYaml } from './read/document.ts';
import { readOverrides, withOverrides } from './read/environment.ts';
import { type Files, realFiles, whyNot } from './read/files.ts';
import { withProfile } from './read/profile.ts';
import { checkSections } from './read/sections.ts';
import { settle } from './read/settle.ts';
import { isRecord } from './read/shape.ts';
import { problemOf } from './read/teller.ts';
import { resolveConfig } from './resolve.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { unsupportedUses } from './supported.ts';
import type { Overlay } from './values/overlay.ts';

export interface LoadOptions {
  /** As the user named it: messages repeat it so. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What relative paths start from; unset, the process's. */
  readonly workingDirectory?: string;
  readonly files?: Files;
  /** What `workers: auto` counts from; unset, the machine's. */
  readonly cores?: number;
  /** What a head has published, of now; null or unset: the file says all. */
  readonly overlay?: () => Overlay | null;
}

export type Loaded =
  | {
      readonly config: Config;
      readonly problems: readonly [];
      readonly warnings: readonly Problem[];
      /** The file holds no setting at all. */
      readonly isBlank: boolean;
    }
  | {
      readonly config: null;
      readonly problems: readonly Problem[];
      readonly warnings: readonly Problem[];
      /** The sections without a mistake: enough to find a daemon that runs on an earlier version of the file. */
      readonly sections: Partial<ConfigFile>;
    };

/** Reads, checks and resolves a configuration; never throws for what is in it. */
export function loadConfig(options: LoadOptions): Loaded {
  const { file, environment, files = realFiles, cores = availableParallelism() } = options;
  const workingDirectory = options.workingDirectory ?? process.cwd();
  const findings = new Findings({ workingDirectory, configFile: resolve(workingDirectory, file), files });

  const text = readText(file, findings.places.configFile, files);
  if (typeof text !== 'string') return refused([text]);
  const yaml = readYaml(text, file);
  if (yaml.tree === null) return refused(yaml.problems);
  if (!isRecord(yaml.tree))
    return refused([
      atStart(file, 'the file holds no settings', 'settings are lines such as `workers: auto`'),
    ]);

  const overlay = options.overlay?.() ?? null;
  const said = overlay === null ? yaml.tree : overlay.over(yaml.tree);
  const overrides = readOverrides(environment, configSchema, said);
  const settled = settle(withProfile(withOverrides(said, overrides.found)), configSchema, findings.places);
  const tree = isRecord(settled.tree) ? settled.tree : {};
  const checked = checkSections(tree);
  checkReferences(tree, findings);
  for (const { path, wrong, right } of unsupportedUses(tree)) findings.complain(path, wrong, right);
  const config = resolveConfig(checked.sections, findings, cores);
  const sources = { file, yaml, overlay, overrides: overrides.found, fromFiles: settled.fromFiles };
  const tell = (complaints: readonly Complaint[]): Problem[] =>
    complaints.map((one) => problemOf(one, sources));
  const problems = [
    ...yaml.problems,
    ...overrides.problems.map((one) => ({
      ...atStart(file, one.wrong, one.right, 0),
      text: one.text,
      variable: one.variable,
    })),
    ...tell([...settled.complaints, ...checked.complaints, ...findings.complaints]),
  ];
  const warnings = inOrder(tell(findings.warnings));
  if (problems.length > 0 || config === null)
    return { config: null, problems: inOrder(problems), warnings, sections: checked.sections };
  return { config, problems: [], warnings, isBlank: Object.keys(yaml.tree).length === 0 };
}

function refused(problems: readonly Problem[]): Loaded {
  return { config: null, problems, warnings: [], sections: {} };
}

function atStart(file: string, message: string, right: string | null, line = 1): Problem {
  return { file, line, column: Math.min(line, 1), text: '', message, right, variable: null };
}

function readText(file: string, path: string, files: Files): string | Problem {
  try {
    const octets = files.read(path, CONFIG_OCTETS_MAX);
    if (octets.length > CONFIG_OCTETS_MAX)
      return atStart(
        file,
        'the file is larger than 1 MiB',
        'names belong in lists, not in the configuration',
        0,
      );
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
    // As a power cut leaves a file that was being written.
    const before = text.split('\0', 1)[0] ?? '';
    if (before.length === text.length) return text;
    const line = before.split('\n').length;
    return atStart(
      file,
      'the file holds a NUL, as damaged files do',
      'write it anew, or remove what is not text',
      line,
    );
  } catch (error) {
    if (error instanceof TypeError)
      return atStart(file, 'the file is not text in UTF-8', 'save it as UTF-8', 0);
    return atStart(file, `cannot read the configuration: ${whyNot(error)}`, null, 0);
  }
}
