// Whether a name can be a rule at all: what a person asked for and no list could hold must not be told as in force.
import { Cancels } from '../../lists/entry/cancels.ts';
import { EntrySink } from '../../lists/entry/entry.ts';
import { adblock } from '../../lists/formats/adblock.ts';
import { ruleFor } from './override.ts';

const taken = (): null => null;

/**
 * Why nothing would come of it; null when it can be allowed or blocked.
 * @param isBroadMeant whether single labels and public suffixes may be
 */
export function problemOf(action: 'allow' | 'block', name: string, isBroadMeant: boolean): string | null {
  const target = { add: taken, addNetwork: taken, addPattern: taken, cancels: new Cancels() };
  const sink = new EntrySink(target, { allowPublicSuffixes: isBroadMeant, addresses: null });
  const parser = adblock.open(sink);
  parser.write(Buffer.from(`${ruleFor(action, name)}\n`));
  parser.end();
  return sink.entries > 0 ? null : (sink.problems.report()[0]?.text ?? 'not a name');
}
