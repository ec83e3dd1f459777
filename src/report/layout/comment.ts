// What stands between the names of a list that holds nothing else, and says nothing of those below.

export const COMMENTED = /^\s*(#|\/\/|;)/;
/** `#example.org`: an entry that somebody took out; `# evil.com` heads what follows. */
export const COMMENTED_OUT = /^\s*[#;]+(?=[^\s#;])/;
/** A comment that says which addresses a list holds, and no more. */
const ADDRESSES_ONLY = /^[^\p{L}]*(ips?|ipv4|ipv6|ip[ -]?addr(ess(es)?)?|address(es)?)[^\p{L}]*$/iu;
/** `# HASH=9f86d0…`: by what the names below were found. */
const SETTING = /^[^\p{L}]*[\p{L}\d_/-]+\s?=\s?\S/u;
/** `# Aliases: …`: what is said stands in the same line. */
const LABELLED = /[:：]\s*[^\s*]/;
/** A path among names. */
const PATH = /^\/[^/\s]/;

/** `# Reference: https://…`: another part of the list begins. */
export const beginsPart = (text: string): boolean => COMMENTED.test(text) && LABELLED.test(text);

/** @param text a line without values */
export const isBesideNames = (text: string): boolean =>
  ADDRESSES_ONLY.test(text) || SETTING.test(text) || PATH.test(text) || beginsPart(text);
