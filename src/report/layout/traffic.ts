// A sentence that says which names somebody is to look for in a log: there a plain one counts, as prose else decides nothing.

/** `Network traffic going to evil.com, evil.net and …` */
const TRAFFIC_TO =
  /\btraffic (?:that (?:is|was) )?(?:going|directed|destined|sent|headed) (?:out )?to(?: (?:the|following|malicious|suspicious|domains?|hosts?|servers?|sites?|urls?)){0,4}:?\s+((?:[^\s,;]{1,253}(?:\s*,\s*|\s+(?:and|or|&)\s+|\s*,\s*(?:and|or)\s+)){0,30})[`"'*(]{0,2}$/i;
/** Characters of the line in which it may begin. */
const BEFORE_MAX = 600;

/** @param before of a name, in its line */
export function isTrafficTo(before: string): boolean {
  const found = TRAFFIC_TO.exec(before.slice(-BEFORE_MAX));
  return (
    found !== null &&
    found[1]!.split(/\s*,?\s+(?:and|or|&)\s+|\s*,\s*/).every((word) => word === '' || word.includes('.'))
  );
}
