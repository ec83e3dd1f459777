// Text from outside YAML (an environment variable, a file) → what the setting holds. What does not fit stays text, for the
// schema to complain about.
import type { Kind } from '../schema/kinds.ts';

export function textTo(holds: Kind['holds'], text: string): string | number | boolean {
  const trimmed = text.trim();
  switch (holds) {
    case 'text':
      return trimmed;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
    case 'boolean':
      if (/^(true|yes|on|1)$/i.test(trimmed)) return true;
      return /^(false|no|off|0)$/i.test(trimmed) ? false : trimmed;
  }
}
