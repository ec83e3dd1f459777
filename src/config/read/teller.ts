// A complaint about a path → a problem with its place: in the file, or in the variable that put the value there.
import type { Complaint, Path, Problem } from '../problem.ts';
import { configSchema } from '../schema.ts';
import type { Overlay } from '../values/overlay.ts';
import { quote } from '../values/parsed.ts';
import type { YamlText } from './document.ts';
import type { Override } from './environment.ts';
import { schemaAt, shapeOf } from './shape.ts';

export interface Sources {
  readonly file: string;
  readonly yaml: YamlText;
  readonly overlay: Overlay | null;
  readonly overrides: readonly Override[];
  /** Paths (as JSON) whose value came from a file, and which. */
  readonly fromFiles: ReadonlyMap<string, string>;
}

export function problemOf(complaint: Complaint, sources: Sources): Problem {
  const { path, at } = complaint;
  const override = sources.overrides.find((one) => begins(path, one.path));
  const secretFile = sources.fromFiles.get(JSON.stringify(path));
  const words = {
    message: secretFile === undefined ? complaint.wrong : `what ${quote(secretFile)} holds does not fit`,
    right: complaint.right,
  };
  if (override !== undefined) {
    const text = String(override.value);
    return { file: sources.file, line: 0, column: 0, text, variable: override.variable, ...words };
  }
  if (sources.overlay?.owns(path) === true)
    return { file: sources.overlay.name, line: 0, column: 0, text: '', variable: null, ...words };
  const { line, column, text } = sources.yaml.placeOf(path, at);
  return { file: sources.file, line, column, text: isSecret(path) ? '' : text, variable: null, ...words };
}

/** Whether `path` is `start`, or below it. */
function begins(path: Path, start: Path): boolean {
  return start.every((part, index) => path[index] === part);
}

function isSecret(path: Path): boolean {
  const schema = schemaAt(configSchema, path);
  if (schema === null) return false;
  const shape = shapeOf(schema);
  return shape.is === 'setting' && shape.kind.secret;
}
