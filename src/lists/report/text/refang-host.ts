// The host in one value that is known to be a name or a URL, defanged or not.
import { extract } from './extract.ts';

const VALUE_CHARACTERS_MAX = 4096;

/** `hxxps://evil[.]com/x` → `evil.com`; what holds no host comes back as it was, trimmed. */
export function refangHost(value: string): string {
  let host: string | null = null;
  extract(value.slice(0, VALUE_CHARACTERS_MAX), { isTyped: true }, (candidate) => {
    if (candidate.context === 'host' || candidate.context === 'url')
      host ??= candidate.labels.map((label) => label.text).join('.');
  });
  return host ?? value.trim();
}
