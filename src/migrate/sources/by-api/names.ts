// Names that somebody blocked or allowed one by one: here as there each stands for itself and all below it.
import { asciiName, type ListAction, type Plan } from '../../plan.ts';

/** @param to lists of whom they are for; unset: of all */
export function giveNames(
  plan: Plan,
  title: string,
  lines: readonly string[],
  action: ListAction,
  to: string[] = plan.group('default').lists,
): void {
  const names: string[] = [];
  for (const line of lines) {
    if (line === '') continue;
    const name = asciiName(line.replace(/^\*\./, ''));
    if (name === null) plan.leave(`${title}: ${line}`, 'it is not a domain name');
    else names.push(name);
  }
  if (names.length > 0)
    to.push(plan.listOf(title, names, { action, format: 'domains', hasSubdomains: true }));
}
