// Whether a name can be a rule at all: what a person asked for and no list could hold must not be told as in force.
import { Cancels } from '../../lists/entry/cancels.ts';
import { EntrySink } from '../../lists/entry/entry.ts';
import { adblock } from '../../lists/formats/adblock.ts';
import { registrationOf } from '../../report/known/suffix.ts';
import { usualText } from '../../wire/names/presentation.ts';
import { ruleFor } from './override.ts';

const taken = (): null => null;

/**
 * Why nothing would come of it; null when it can be allowed or blocked.
 */
export const problemOf = (action: 'allow' | 'block', name: string): string | null =>
  refusalOf(action, name, true);

/** Whether strangers have names below it: a list may hold github.io, and whoever names it by hand may not know whose it is. */
export function isBroad(action: 'allow' | 'block', name: string): boolean {
  if (refusalOf(action, name, false) !== null) return true;
  const usual = usualText(name.replace(/^\*\./, ''));
  return usual !== null && registrationOf(usual) === 'suffix';
}

function refusalOf(action: 'allow' | 'block', name: string, allowPublicSuffixes: boolean): string | null {
  const target = { add: taken, addNetwork: taken, addPattern: taken, cancels: new Cancels() };
  const sink = new EntrySink(target, { allowPublicSuffixes, addresses: null });
  const parser = adblock.open(sink);
  parser.write(Buffer.from(`${ruleFor(action, name)}\n`));
  parser.end();
  return sink.entries > 0 ? null : (sink.problems.report()[0]?.text ?? 'not a name');
}
