// Lines of other programs' lists that hold one name each: Clash and Mihomo, Surge, Quantumult X, SmartDNS, RouterOS, `name;remark`,
// `1,name` of popularity lists.
import { leadsNowhere } from '../entry/nowhere.ts';
import { EXACT, type Shape, SUBTREE, shape } from '../format.ts';

interface WrappedName {
  readonly host: string;
  readonly shape: Shape;
}

/** `DOMAIN,name`, `- DOMAIN-SUFFIX,name`, `HOST-SUFFIX, name, REJECT` */
const RULE = /^(?:-\s*)?['"]?(?:DOMAIN|HOST)(-SUFFIX)?\s*,\s*([^,'"\s]+)/i;
/** `- name`, `- '+.name'`, `+.name` */
const ITEM = /^(?:-\s+)?(['"]?)(\+\.|\*\.|\.)?([^\s'",:/=]+)\1(?:\s+#.*)?$/;
/** `address /name/#` */
const SMART = /^address\s+\/([^/\s]+)\/(#[46]?|[\d.]+|[\da-f:]*:[\da-f:]*)$/i;
/** `add address=0.0.0.0 name=example.org` */
const ROUTER = /^(?:\/ip dns static\s+)?add\s(?=.*\bname=)/;
const REMARK = /^([^;\s"]+)\s*;/;
/** `1,name`: a rank, and in the second column the name. */
export const RANKED = /^"?\d{1,8}"?[,;\t]\s?"?([^\s",;:/.]+\.[^\s",;:/]+)"?$/;

/** @param line trimmed @returns null when it is none of them */
export function wrappedName(line: string): WrappedName | null {
  const rule = RULE.exec(line);
  if (rule !== null) return { host: rule[2] ?? '', shape: rule[1] === undefined ? EXACT : SUBTREE };
  const smart = SMART.exec(line);
  if (smart !== null) return smartName(smart[1] ?? '', smart[2] ?? '');
  if (ROUTER.test(line)) return routerName(line);
  const ranked = RANKED.exec(line);
  if (ranked !== null) return { host: ranked[1] ?? '', shape: EXACT };
  const remark = REMARK.exec(line);
  if (remark !== null) return { host: remark[1] ?? '', shape: EXACT };
  const item = /^[-+'"]/.test(line) ? ITEM.exec(line) : null;
  if (item === null) return null;
  return { host: item[3] ?? '', shape: item[2] === undefined ? EXACT : SUBTREE };
}

/** A name and all below it. */
function smartName(name: string, value: string): WrappedName | null {
  const host = name.replace(/^(-|\*)\.?/, '');
  if (value === '#' || leadsNowhere(value)) return { host, shape: SUBTREE };
  if (value.startsWith('#')) return { host, shape: shape('subtree', { types: [value === '#4' ? 1 : 28] }) };
  return {
    host,
    shape: shape('subtree', { rewrite: { kind: 'address', addresses: [value.toLowerCase()] } }),
  };
}

function routerName(line: string): WrappedName | null {
  const value = (key: string): string | null =>
    new RegExp(`\\b${key}=(?:"([^"]*)"|([^"\\s]+))`).exec(line)?.slice(1).find(Boolean) ?? null;
  const host = value('name');
  const address = value('address');
  if (host === null || /^(FWD|CNAME)$/i.test(value('type') ?? '')) return null;
  const scope = value('match-subdomain') === 'yes' ? 'subtree' : 'exact';
  if (address === null || leadsNowhere(address)) return { host, shape: scope === 'exact' ? EXACT : SUBTREE };
  return { host, shape: shape(scope, { rewrite: { kind: 'address', addresses: [address.toLowerCase()] } }) };
}
