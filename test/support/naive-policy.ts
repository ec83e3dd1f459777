// The filter as a person would write it down: Adblock rules as plain objects, their text, and what they decide.

export interface NaiveRule {
  readonly kind: 'host' | 'pattern';
  /** A name, or the source of an expression. */
  readonly what: string;
  readonly scope: 'exact' | 'subtree' | 'below';
  readonly isAllow: boolean;
  readonly isImportant: boolean;
  /** QTYPEs by name; null is all. */
  readonly types: readonly string[] | null;
  readonly isTypesNegated: boolean;
  readonly clients: readonly string[] | null;
  readonly except: readonly string[] | null;
  readonly isBadfilter: boolean;
}

export interface NaiveList {
  readonly name: string;
  readonly action: 'sinkhole' | 'nxdomain' | 'allow' | 'zone';
  readonly mode: 'enforce' | 'monitor';
  readonly alert: boolean;
  readonly rules: readonly NaiveRule[];
}

export interface NaiveQuestion {
  readonly name: string;
  readonly type: string;
  /** Dotted quad. */
  readonly client: string;
}

export function textOf(rule: NaiveRule): string {
  const host = { exact: `|${rule.what}^`, subtree: `||${rule.what}^`, below: `||*.${rule.what}^` }[
    rule.scope
  ];
  const modifiers = [
    ...(rule.isImportant ? ['important'] : []),
    ...(rule.types === null
      ? []
      : [`dnstype=${rule.types.map((type) => (rule.isTypesNegated ? `~${type}` : type)).join('|')}`]),
    ...(rule.clients === null ? [] : [`client=${rule.clients.join('|')}`]),
    ...(rule.except === null ? [] : [`denyallow=${rule.except.join('|')}`]),
    ...(rule.isBadfilter ? ['badfilter'] : []),
  ];
  const what = rule.kind === 'host' ? host : `/${rule.what}/`;
  return `${rule.isAllow ? '@@' : ''}${what}${modifiers.length > 0 ? `$${modifiers.join(',')}` : ''}`;
}

/** Everything but `$badfilter`: two rules that say the same. */
const keyOf = (rule: NaiveRule): string => textOf({ ...rule, isBadfilter: false });

const isWithin = (name: string, suffix: string): boolean => name === suffix || name.endsWith(`.${suffix}`);

function covers(rule: NaiveRule, { name, type, client }: NaiveQuestion): boolean {
  const { what, scope } = rule;
  const isCovered =
    rule.kind === 'pattern'
      ? new RegExp(what).test(name)
      : (scope !== 'below' && name === what) || (scope !== 'exact' && name.endsWith(`.${what}`));
  if (!isCovered) return false;
  if (rule.types !== null && rule.types.includes(type) === rule.isTypesNegated) return false;
  if (rule.except?.some((suffix) => isWithin(name, suffix)) === true) return false;
  if (rule.clients === null) return true;
  const holds = (value: string): boolean =>
    value.endsWith('/24') ? client.startsWith(value.slice(0, value.lastIndexOf('.') + 1)) : value === client;
  if (rule.clients.some((value) => value.startsWith('~') && holds(value.slice(1)))) return false;
  const wanted = rule.clients.filter((value) => !value.startsWith('~'));
  return wanted.length === 0 || wanted.some(holds);
}

interface Standing {
  readonly list: NaiveList;
  readonly rule: NaiveRule;
  readonly isAllow: boolean;
  readonly rank: number;
}

/** Of all rules that match: rank, then the longest name (an expression has none), then the list that alerts or goes first. */
export function naiveDecision(
  lists: readonly NaiveList[],
  group: readonly string[],
  question: NaiveQuestion,
): { verdict: string; list: string | null; name: string | null } {
  const cancelled = new Set(
    lists.flatMap(({ rules }) => rules.filter((rule) => rule.isBadfilter).map(keyOf)),
  );
  const standing = lists
    .filter(({ name }) => group.includes(name))
    .flatMap((list) =>
      list.rules
        .filter((rule) => !rule.isBadfilter && !cancelled.has(keyOf(rule)) && covers(rule, question))
        .flatMap((rule): Standing[] => {
          const isAllow = rule.isAllow || list.action === 'allow';
          if (isAllow && list.mode === 'monitor') return [];
          const rank =
            list.mode === 'monitor'
              ? 4
              : isAllow
                ? rule.isImportant
                  ? 0
                  : list.action === 'sinkhole' || list.action === 'nxdomain'
                    ? 2.5
                    : 2
                : rule.isImportant
                  ? 1
                  : 3;
          return [{ list, rule, isAllow, rank }];
        }),
    );
  const inForce = standing.filter((one) => !isOfZone(one) || one === spokesman(standing, group));
  const [best] = inForce.sort(
    (a, b) =>
      a.rank - b.rank ||
      specificity(b.rule) - specificity(a.rule) ||
      (a.rule.kind === 'pattern'
        ? lists.indexOf(a.list) - lists.indexOf(b.list)
        : order(a.list, group) - order(b.list, group)),
  );
  if (best === undefined) return { verdict: 'pass', list: null, name: null };
  const verdict = best.isAllow
    ? 'pass'
    : best.rank === 4
      ? 'monitor'
      : best.list.action === 'nxdomain'
        ? 'nxdomain'
        : 'sinkhole';
  return { verdict, list: best.list.name, name: best.rule.kind === 'host' ? best.rule.what : null };
}

const isOfZone = ({ list, rule }: Standing): boolean =>
  list.action === 'zone' && list.mode === 'enforce' && !rule.isImportant && rule.kind === 'host';

/** Of all policy zones: the first in the group's order that matches, there the longest name. */
function spokesman(standing: readonly Standing[], group: readonly string[]): Standing | undefined {
  return standing
    .filter(isOfZone)
    .sort(
      (a, b) =>
        group.indexOf(a.list.name) - group.indexOf(b.list.name) ||
        specificity(b.rule) - specificity(a.rule) ||
        a.rank - b.rank,
    )[0];
}

const specificity = (rule: NaiveRule): number => (rule.kind === 'pattern' ? 0 : rule.what.split('.').length);
const order = (list: NaiveList, group: readonly string[]): number =>
  (list.alert ? 0 : 1000) + group.indexOf(list.name);
