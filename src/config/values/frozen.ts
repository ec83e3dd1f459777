// Values that nobody changes any more.

/** With all that it holds. Octets stay as they are: JavaScript cannot freeze typed arrays. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const child of Object.values(value)) deepFreeze(child);
  return Object.freeze(value);
}
