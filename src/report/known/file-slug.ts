// What the name of a report's file says of what is in it.

/** A bare list says what its names are by its file's name, if at all: whom somebody attacks, or what is to be let through. */
export const namesTheHarmless = (slug: string | null): boolean =>
  slug !== null && (letsThrough(slug) || OF_OTHERS.test(slug));

const OF_OTHERS =
  /(^|[^a-z]|[a-z](?=[A-Z]))(victims?|targets|targeted[-_ ][a-z]+|references|refs|bibliography)(\.[a-z]+)?$/i;

/** The file's name says that its names are to be let through, those in fields of indicators too. */
export const letsThrough = (slug: string | null): boolean =>
  slug !== null && (IS_LET_THROUGH.test(slug) || OF_EVERYBODY.test(slug));

/** A report `phishing-via-free-email` is of attackers. */
const IS_LET_THROUGH =
  /(^|[^a-z]|[a-z](?=[A-Z]))((?:white|allow)-?list(?:ed)?(?:[-_ ](?:domains?|hosts?|urls?|sites?))?|benign|legitimate|(?<!(?:with|via|by|from|using|behind|through|abus(?:e|es|ed|ing))[-_ ])(?:free|disposable|throw-?away|temp(?:orary)?|burner)[-_ ]?(?:e-?mail|webmail|mail)(?:[-_ ]?(?:address(?:es)?|domains?|providers?|services?|list|blocklist|hosts?)){0,3}|false-?_?positives?|fps?_?\d{0,4})(\.[a-z]+)?$/i;
/** `tranco_X5Y7N`, `top-1m`: what everybody uses; `top-domains` may be anybody's. */
const OF_EVERYBODY =
  /^(tranco|(?:alexa|umbrella|majestic|cisco[-_ ]?umbrella)[-_ ]?(?:top)?[-_ ]?(?:1m|million|sites|\d{1,7}k?)|top[-_ ]?(?:1m|million))(?:[-_ ](?:list|domains|sites|\d{4}-?\d\d-?\d\d|(?=[a-z]*\d)[a-z0-9]{4,5}))?$/i;

/** The last part of a path or URL, without its extension. */
export function fileSlug(sourceName: string | null): string | null {
  const last = sourceName?.split(/[/\\]/).findLast((part) => part !== '');
  return last?.replace(/\.[a-z0-9]{1,5}$/i, '') ?? null;
}
