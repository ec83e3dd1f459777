// Turns what lines say (Shape) and what the list's settings say (ListConfig) into Rules, each distinct one held once.
import type { ListAction, ListConfig } from '../../config/config.ts';
import type { Rule, RuleAction, Scope } from '../../policy/rule.ts';
import type { Shape } from '../format.ts';

export type RuleSettings = Pick<ListConfig, 'action' | 'subdomains'>;

export class RuleInterner {
  readonly rules: Rule[] = [];
  readonly #byKey = new Map<string, number>();
  /** Of the list at hand only: its parser's shape objects. */
  readonly #byShape = new Map<Shape, number>();
  #list = -1;
  #settings: RuleSettings = { action: 'sinkhole', subdomains: null };
  #lastShape: Shape | null = null;
  #lastNumber = -1;

  /** The rules that follow are of list number `list`. */
  beginList(list: number, settings: RuleSettings): void {
    this.#list = list;
    this.#settings = settings;
    this.#byShape.clear();
    this.#lastShape = null;
  }

  numberOf(shape: Shape): number {
    if (shape === this.#lastShape) return this.#lastNumber;
    let number = this.#byShape.get(shape);
    if (number === undefined) {
      number = this.#intern(ruleOf(shape, this.#list, this.#settings));
      this.#byShape.set(shape, number);
    }
    this.#lastShape = shape;
    this.#lastNumber = number;
    return number;
  }

  #intern(rule: Rule): number {
    const key = JSON.stringify(rule);
    let number = this.#byKey.get(key);
    if (number === undefined) {
      number = this.rules.length;
      this.rules.push(rule);
      this.#byKey.set(key, number);
    }
    return number;
  }
}

/** The rule a line becomes in a list with these settings. */
export function ruleOf(shape: Shape, list: number, settings: RuleSettings): Rule {
  const action = actionOf(shape, settings.action);
  return {
    list,
    action,
    scope: scopeOf(shape.scope, settings.subdomains),
    important: shape.important,
    types: shape.types,
    typesNegated: shape.typesNegated,
    clients: shape.clients,
    except: shape.except,
    // A line's own answer takes the place of the sinkhole's; a list told to say NXDOMAIN says NXDOMAIN.
    rewrite: action === 'sinkhole' ? shape.rewrite : null,
    indicator: shape.indicator,
  };
}

/** An exception stays one in any list; a line's own action counts when the list says `zone`. */
function actionOf(shape: Shape, listAction: ListAction): RuleAction {
  if (shape.action === 'allow' || listAction === 'allow') return 'allow';
  return listAction === 'zone' ? (shape.action ?? 'sinkhole') : listAction;
}

function scopeOf(scope: Scope, subdomains: boolean | null): Scope {
  if (subdomains === null) return scope;
  return subdomains ? 'subtree' : 'exact';
}
