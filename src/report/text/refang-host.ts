// The host, or the address, in one value that is known to be one, defanged or not.
import { networkText, readNetwork } from '../../wire/names/network.ts';
import type { Network } from '../../wire/names/plain-network.ts';
import { usualText } from '../../wire/names/presentation.ts';
import { isPlainName } from '../known/usual-name.ts';
import { extract } from './extract.ts';

const VALUE_CHARACTERS_MAX = 4096;

/** `hxxps://evil[.]com/x` → `evil.com`; what holds no host comes back as it was, trimmed. */
export function refangHost(value: string): string {
  if (isPlainName(value)) return value;
  let host: string | null = null;
  extract(value.slice(0, VALUE_CHARACTERS_MAX), { isTyped: true }, (candidate) => {
    if (candidate.context === 'host' || candidate.context === 'url')
      host ??= candidate.labels.map((label) => label.text).join('.');
  });
  return host ?? value.trim();
}

/** `192.0.2[.]7`, `192.0.2.0/24`, `2001:db8[:]:7`, `hxxp://192.0.2.7:8080/x`; null when the value is no address or network. */
export function refangNetwork(value: string): Network | null {
  if (isPlainName(value)) return null;
  const plain = value
    .slice(0, VALUE_CHARACTERS_MAX)
    .trim()
    .replaceAll(/[[({](\.|:|dot)[\])}]/gi, (_, mark) => (mark === ':' ? ':' : '.'));
  const inUrl = /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/@]*@)?(\[[^\]/]*\]|[^/:?#]*)/i.exec(plain)?.[1];
  if (inUrl !== undefined) return readNetwork(inUrl);
  return readNetwork(plain) ?? readNetwork(/^([\d.]+)(?::\d+|\/(?!\d))/.exec(plain)?.[1] ?? '');
}

/** What a person writes, to be compared with names and addresses of reports: refanged, a name in its usual form, an address too. */
export function comparable(written: string): string {
  const network = refangNetwork(written);
  if (network !== null) return networkText(network);
  return usualText(written) ?? usualText(refangHost(written)) ?? written.toLowerCase();
}
