// A typed value that is a host name or a web address and nothing else, as most are: what `extract` makes of it, without folding and
// looking for marks. Twin: `extract` itself, in the tests.
import type { Candidate } from '../report.ts';

const PLAIN =
  /^(https?:\/\/)?([a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)+)(?=$|[:/?#])(:\d{1,5})?([/?#][a-z0-9/_.=&?+~-]*)?$/i;
const CHARACTERS_MAX = 253;

/** @returns null where it is anything else, or perhaps is */
export function plainHost(value: string): Candidate | null {
  if (value.length > CHARACTERS_MAX) return null;
  const found = PLAIN.exec(value);
  if (found === null) return null;
  const [, scheme = '', host = '', port = '', path = ''] = found;
  // A name alone is one; what has a path, a port or capitals without a scheme is read with care, and so is a URL in a path.
  if (scheme === '' ? port !== '' || path !== '' || host !== host.toLowerCase() : path.includes('//'))
    return null;
  let end = scheme.length - 1;
  return {
    printed: scheme + host,
    line: 1,
    column: 1,
    labels: host.split('.').map((text, index) => {
      end += text.length + 1;
      return { text, joined: index === 0 ? 'first' : 'plain', printedLength: end };
    }),
    isTyped: true,
    isField: true,
    standing: null,
    isByLine: false,
    isDefanged: false,
    context: scheme === '' ? 'host' : 'url',
    outer: null,
    bystander: null,
    isSuffixOnly: false,
    hasPath: path !== '',
    hasPort: port !== '',
    doubt: null,
  };
}
