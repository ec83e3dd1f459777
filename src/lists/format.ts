// The one face of every list format: bytes go in as they come, entries and skipped lines come out into a sink.
import type { ListFormatName } from '../config/config.ts';
import type { Indicator, Rewrite, RuleAction, Scope } from '../policy/rule.ts';
import type { Cancels, TakenBack } from './entry/cancels.ts';
import type { SkipReason } from './entry/problems.ts';

/** What a line says of its names, before the list's own settings are laid over it. */
export interface Shape {
  /** `allow`: an exception, in any list. Another: that of RPZ, dnsmasq or Unbound, used when the list's action is `zone`. null: the list's. */
  readonly action: Exclude<RuleAction, 'zone'> | null;
  readonly scope: Scope;
  readonly important: boolean;
  readonly types: readonly number[] | null;
  readonly typesNegated: boolean;
  readonly clients: readonly string[] | null;
  readonly except: readonly string[] | null;
  readonly rewrite: Rewrite | null;
  /** `$dnsrewrite`: exceptions of lists that block do not take it back. */
  readonly firm: boolean;
  /** An exception as dnsmasq and Unbound mean it: what the same list blocks on that name, or nearer to the name asked for, goes before it. */
  readonly yields?: true;
  readonly indicator: Indicator | null;
}

/** A shape with everything unsaid left at its default. Formats make their usual ones once: they are compared by identity first. */
export function shape(scope: Scope, said: Partial<Shape> = {}): Shape {
  return {
    action: null,
    important: false,
    types: null,
    typesNegated: false,
    clients: null,
    except: null,
    rewrite: null,
    firm: false,
    indicator: null,
    ...said,
    scope,
  };
}

export const EXACT: Shape = shape('exact');
export const SUBTREE: Shape = shape('subtree');

/** Where a parser puts what it reads. Lines count from 1; 0 where a format has none. No method throws. */
export interface Sink {
  /** A host name as text; an address or network where the list names one in a name's place. */
  host(bytes: Uint8Array, start: number, end: number, shape: Shape, line: number): void;
  hostText(text: string, shape: Shape, line: number): void;
  /** A name in wire form. */
  name(wire: Uint8Array, shape: Shape, line: number): void;
  /** An address or network as text. @param origin `report`: taken only where the list's settings say `addresses: true` */
  address(text: string, shape: Shape, line: number, origin: 'list' | 'report'): void;
  /** An expression tried on the name's text (RE2 syntax, lower case, no trailing dot). */
  pattern(source: string, shape: Shape, line: number): void;
  /** A name that is found anywhere in names too (`@@name`): its expression where there is room, else the name and all below. */
  fragment(host: string, source: string, shape: Shape, line: number): void;
  /** `$badfilter`: rules with this key are void, in whichever list they stand. */
  cancel(key: string): void;
  /** `@@…$dnsrewrite`: rewrites of these names are void, in whichever list they stand. */
  takeBack(taken: TakenBack): void;
  readonly cancels: Cancels;
  skip(reason: SkipReason, line: number, bytes: Uint8Array, start: number, end: number): void;
  skipText(reason: SkipReason, line: number, text: string): void;
}

export interface Parser {
  /** Takes the next bytes; keeps none of `chunk` past the call. */
  write(chunk: Uint8Array): void;
  /** The text is complete. @throws ListError when it is not this format at all */
  end(): void;
}

export interface Format {
  readonly name: Exclude<ListFormatName, 'auto'>;
  open(sink: Sink): Parser;
}
