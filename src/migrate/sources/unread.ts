// Settings that no reader looks at: told by their names, so that nothing of theirs is left out in silence.
import type { Plan } from '../plan.ts';
import type { Known } from './known.ts';
import { isOn, isTree, type Tree, WITHOUT } from './settings.ts';

/** Tells all that is set and not in the table. */
export function tellUnread(plan: Plan, known: Known, tree: Tree): void {
  walk(plan, tree, known, []);
}

function walk(plan: Plan, tree: Tree, known: Known, path: readonly string[]): void {
  for (const [key, value] of Object.entries(tree)) {
    const what = Object.hasOwn(known, key) ? known[key] : WITHOUT.setting;
    if (what === true || what === undefined || !isSaid(value)) continue;
    const own = [...path, key];
    if (typeof what === 'object') {
      if (isTree(value)) walk(plan, value, what, own);
      continue;
    }
    const isShown = what !== WITHOUT.setting && !SECRET.test(key);
    plan.leave(`${own.join('.')}${valueText(value, isShown)}`, what);
  }
}

/** What is off or empty is missed by nobody. */
function isSaid(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (!isTree(value)) return value !== null && value !== false && value !== '' && value !== 0;
  const isOff = ['enable', 'enabled', 'active'].some((key) => key in value && !isOn(value, key));
  return !isOff && Object.values(value).some(isSaid);
}

const SECRET = /pw|pass|secret|token|key/i;

/** A text may be a secret. */
function valueText(value: unknown, isShown: boolean): string {
  if (typeof value === 'number' || value === true) return ` = ${String(value)}`;
  return isShown && typeof value === 'string' && /^[\w./:-]{1,40}$/.test(value) ? ` = ${value}` : '';
}
