// Why checks of other engines' tests are not passed: each by its number, so that one that changes is noticed.

export interface Reason {
  /** As a row names it. */
  readonly short: string;
  readonly long: string;
}

const NAME_SERVERS: Reason = {
  short: 'name servers',
  long: 'the check asks for `rpz-nsdname` or `rpz-nsip`. A forwarder is told no name servers, and asking for those of every name would be further questions before each first answer whose answers are the zone’s own word, not the delegation. Such rules are counted and told as not in force',
};
const ONE_RULE: Reason = {
  short: 'one rule',
  long: 'the check wants rules to hold for the target of a rule’s own alias. Here one rule rewrites a resolution, as the draft says (§5.1) and a test of the Recursor asks; lists that are no policy zones still hold for the target',
};
const BELOW: Reason = {
  short: 'below a name',
  long: 'below a name that the zone holds BIND and Unbound let pass, Recursor and Knot Resolver block, and so does cenote',
};
const OVERRIDE: Reason = {
  short: 'exceptions stay',
  long: 'the check wants an override to turn exceptions into blocks. Here a list’s `action` says how it blocks, and exceptions are such in any list',
};
const DNS64: Reason = { short: 'DNS64', long: 'the check asks for DNS64, which cenote does not do' };
const ALIAS_KEPT: Reason = {
  short: 'alias kept',
  long: 'the check wants the upstream’s alias beside the NXDOMAIN of its target. Here NXDOMAIN stands in the place of the name asked for, as in tests of the Recursor',
};

const DNAME: Reason = {
  short: 'DNAME',
  long: 'the check has a DNAME in a policy zone, which the draft does not know. Such a record is left out and told',
};
const NOT_RECURSIVE: Reason = {
  short: 'RD=0',
  long: 'the check wants queries without RD to pass (`recursive-only yes`). Here a listed name is blocked however it is asked for',
};
const SIGNED: Reason = {
  short: 'signed',
  long: 'the check wants signed answers to pass for who asks for signatures (`break-dnssec no`). Here a listed name is blocked whether or not it is signed',
};
const BEFORE: Reason = {
  short: 'before asking',
  long: 'the check wants a name to be resolved before it is decided, so that an address decides, or a failure shows. Here a listed name is decided before anything is asked: no upstream learns of it, and it is blocked while none answers',
};
const ANY: Reason = {
  short: 'ANY',
  long: 'the check asks for type ANY, which gets the short answer of RFC 8482',
};
const SCRIPT: Reason = {
  short: 'script',
  long: 'the check has the Recursor run a script (Lua) that changes what its policy zones say, by flags of the query or by name. cenote runs none',
};

/** By suite: group of checks, their numbers, the reason. */
const REASONS: Readonly<Record<string, readonly (readonly [group: string, numbers: string, why: Reason])[]>> =
  {
    Unbound: [
      ['nsdname', '11 21 31 41', NAME_SERVERS],
      ['nsdname_override', '11 21 51', NAME_SERVERS],
      ['nsip', '11 21 31 41', NAME_SERVERS],
      ['nsip_override', '11 21 51', NAME_SERVERS],
      ['cname_handle', '111 121 131 211 221', NAME_SERVERS],
      ['cname_wild', '40', NAME_SERVERS],
      ['qtype_cname', '21', NAME_SERVERS],
      ['signal_nxdomain_ra', '31 41', NAME_SERVERS],
      ['ixfr', '21 23', NAME_SERVERS],
      ['cname_handle', '21 31 41 61 71 91 101 151 161 181 201', ONE_RULE],
      ['cname_tag', '61 71 81', ONE_RULE],
      ['qname', '71', BELOW],
      ['clientip_override', '21', OVERRIDE],
      ['clientip_passthru_dns64', '11', DNS64],
      ['signal_nxdomain_ra', '21', ALIAS_KEPT],
    ],
    BIND: [
      ['QNAME rewrites', '4', DNAME],
      ['QNAME rewrites', '20 21', NOT_RECURSIVE],
      ['QNAME rewrites', '27 29 30', SIGNED],
      ['QNAME rewrites', '34', BEFORE],
      ['NXDOMAIN/NODATA action on QNAME trigger', '3', DNAME],
      ['IP rewrites', '7', ANY],
      ['IP rewrites', '13', NOT_RECURSIVE],
      ['IP rewrites', '16', BEFORE],
      ['radix tree deletions', '7', ANY],
      ['NSDNAME rewrites', '3 4 6 10 11', NAME_SERVERS],
      ['NSDNAME rewrites', '5', ANY],
      ['NSIP rewrites', '1', NAME_SERVERS],
      ['walled garden NSIP rewrites', '1 2 3', NAME_SERVERS],
      ['policy overrides', '12', ANY],
    ],
    Recursor: [
      ['XFR', '33', SCRIPT],
      ['File', '8', SCRIPT],
      ['FileModByLua', '3 4 5', SCRIPT],
      ['OrderingPrecedence', '5', NAME_SERVERS],
      ['NSIPCustom', '1', NAME_SERVERS],
    ],
  };

/** null where the check has no known reason. */
export function reasonOf(suite: string, group: string, number: string): Reason | null {
  const rows = REASONS[suite] ?? [];
  return rows.find(([of, numbers]) => of === group && numbers.split(' ').includes(number))?.[2] ?? null;
}
