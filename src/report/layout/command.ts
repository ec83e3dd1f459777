// Where a plain name in prose counts: in a command of Windows that fetches a URL, which is told as it was run and is no link for the reader,
// and in a sentence that says which names somebody is to look for in a log.

/** Characters before a URL in which its command may begin. */
const BEFORE_MAX = 256;
const OF_WINDOWS =
  /\b(cmd|powershell|pwsh|mshta|rundll32|regsvr32|wscript|cscript|certutil|bitsadmin|msiexec)(\.exe)?\b|%(temp|appdata|localappdata|userprofile|homepath|programdata|public)%|\b[a-z]:\\|\$env:/i;
const FETCHES =
  /(?:\bcurl(?:\.exe)?"?\s(?:[^|&;]{1,200}\s)?|\b(?:iwr|irm|wget|invoke-webrequest|invoke-restmethod|start-bitstransfer|mshta(?:\.exe)?"?|msiexec(?:\.exe)?"?\s+\/(?:i|package|q\w?)(?:\s\/\w+)*|certutil(?:\.exe)?\b[^|&;]{1,60}|bitsadmin(?:\.exe)?\b[^|&;]{1,80})\s+["'(]{0,3}|-(?:uri|source)\s+["'(]{0,2}|\.download(?:string|file|data)\(\s*["']{1,2})["']?$/i;

/** Malware's own words; what an article tells its readers to fetch is written with `curl`. */
const OF_A_PROGRAM = /\.download(?:string|file|data)\(\s*["']{1,2}$/i;

/**
 * @param at where a URL may begin in the line's text
 * @param isOfServers what stands above speaks of the attackers' servers
 */
export function isFetchedAt(line: string, at: number, isOfServers: boolean): boolean {
  if (!/^https?:/i.test(line.slice(at, at + 6))) return false;
  const before = line.slice(Math.max(0, at - BEFORE_MAX), at);
  return (isOfServers && OF_A_PROGRAM.test(before)) || (FETCHES.test(before) && OF_WINDOWS.test(line));
}

/** `Network traffic going to evil.com, evil.net and …` */
const TRAFFIC_TO =
  /\btraffic (?:that (?:is|was) )?(?:going|directed|destined|sent|headed) (?:out )?to(?: (?:the|following|malicious|suspicious|domains?|hosts?|servers?|sites?|urls?)){0,4}:?\s+((?:[^\s,;]{1,253}(?:\s*,\s*|\s+(?:and|or|&)\s+|\s*,\s*(?:and|or)\s+)){0,30})[`"'*(]{0,2}$/i;
/** Characters of the line in which it may begin. */
const TRAFFIC_MAX = 600;

/** @param before of a name, in its line */
export function isTrafficTo(before: string): boolean {
  const found = TRAFFIC_TO.exec(before.slice(-TRAFFIC_MAX));
  return (
    found !== null &&
    found[1]!.split(/\s*,?\s+(?:and|or|&)\s+|\s*,\s*/).every((word) => word === '' || word.includes('.'))
  );
}
