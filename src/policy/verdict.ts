// What the policy says of one query, as numbers that fit a record.

/** `rewrite` answers with the rule's own data; `monitor` answers normally and tells. The order is part of the hit record. */
export const VERDICT = {
  pass: 0,
  sinkhole: 1,
  nxdomain: 2,
  nodata: 3,
  refused: 4,
  drop: 5,
  monitor: 6,
  rewrite: 7,
  'tcp-only': 8,
} as const;
export type VerdictCode = (typeof VERDICT)[keyof typeof VERDICT];

/** As a hit names them: a rewritten answer is a sinkhole of the list's own choosing; who comes back over TCP is answered. */
export const VERDICT_NAMES = [
  'pass',
  'sinkhole',
  'nxdomain',
  'nodata',
  'refused',
  'drop',
  'monitor',
  'sinkhole',
  'monitor',
] as const;

/** In place of a policy zone's order: every list has a say, see Policy.zonesBefore. */
export const ALL_LISTS = 0x1_0000;

/** One object is reused; read it before the next decision. */
export class Verdict {
  code: VerdictCode = VERDICT.pass;
  /** Index into RuleSet.rules, −1 when nothing matched. Set for an allow too (code is then `pass`). */
  rule = -1;
  /** Octet of the name asked about where the rule's own name begins; −1 when a pattern matched. */
  nameOffset = -1;
  /** Index into RuleSet.patterns when a pattern matched, else −1. */
  pattern = -1;
  /** Prefix length of the network that matched an address of an answer, in bits of its own family; −1 when a name matched. */
  addressBits = -1;

  /** Whether an exception lets it pass, and not that no list has it. */
  get isException(): boolean {
    return this.code === VERDICT.pass && this.rule >= 0;
  }

  /** As if nothing had been decided. */
  clear(): void {
    this.code = VERDICT.pass;
    this.rule = -1;
    this.nameOffset = -1;
    this.pattern = -1;
    this.addressBits = -1;
  }

  copyFrom(other: Verdict): void {
    this.code = other.code;
    this.rule = other.rule;
    this.nameOffset = other.nameOffset;
    this.pattern = other.pattern;
    this.addressBits = other.addressBits;
  }
}
