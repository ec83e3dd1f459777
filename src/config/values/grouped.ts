// Numbers, moments and states for people. `toLocaleString` does the same, and loads a language's rules first: 20 ms, a fifth of a short command.

/** `1,234,567`. @param count a whole number, not negative */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 hit`, `2,000 hits`. @param many where it is not `one` with an s */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `2,101 MB`, rounded up. */
export const megabytes = (octets: number): string => `${grouped(Math.ceil(octets / 1e6))} MB`;

/** `2026-11-23 09:00:00`. @param time an ISO 8601 text in UTC, or milliseconds since 1970 */
export function moment(time: string | number): string {
  const text = typeof time === 'number' ? new Date(time).toISOString() : time;
  return text.slice(0, 19).replace('T', ' ');
}

/** `2026-11-23 09:00:00 UTC`, as in a sentence. @param time as of `moment` */
export function momentText(time: string | number): string {
  return `${moment(time)} UTC`;
}

/** `2 d 3 h`, `5 min`, `12 s`. */
export function lasting(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${Math.floor(seconds)} s`;
}

/** Of who is sent things and does not take all: `takes nothing: HTTP 503`. */
export function takesText({
  error,
  takesPart,
}: {
  readonly error: string | null;
  readonly takesPart: boolean;
}): string {
  return `takes ${takesPart ? 'only a part' : 'nothing'}: ${error}`;
}
