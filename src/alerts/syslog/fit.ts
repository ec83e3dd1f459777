// JSON that must not be longer than what carries it: members that can be spared go, one after the other, never half of one.

/** @param spare paths of members, the most dispensable first @param octetsMax of the text in UTF-8 */
export function fittingJson(document: object, spare: readonly string[], octetsMax: number): string {
  let text = JSON.stringify(document);
  if (Buffer.byteLength(text) <= octetsMax) return text;
  const copy = structuredClone(document) as Record<string, unknown>;
  for (const path of spare) {
    if (!remove(copy, path.split('.'))) continue;
    text = JSON.stringify(copy);
    if (Buffer.byteLength(text) <= octetsMax) return text;
  }
  return text;
}

function remove(at: Record<string, unknown>, [key = '', ...below]: readonly string[]): boolean {
  const member = at[key];
  if (member === undefined) return false;
  if (below.length > 0)
    return typeof member === 'object' && member !== null && remove(member as Record<string, unknown>, below);
  return delete at[key];
}
