// The cookie of a session: no script sees it, no other site's request carries it (RFC 6265bis).

/** Under TLS the prefix keeps a neighbour's name from setting it. */
export const SESSION_NAMES = { secure: '__Host-cenote', plain: 'cenote' } as const;

export function sessionOf(header: string | undefined, isSecure: boolean): string | undefined {
  return cookieOf(header, isSecure ? SESSION_NAMES.secure : SESSION_NAMES.plain);
}

export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && /^[\w-]{1,128}$/.test(value)) return value;
  }
  return undefined;
}

/** @param id null ends it */
export function sessionCookie(id: string | null, isSecure: boolean): string {
  const [name, secure] = isSecure ? [SESSION_NAMES.secure, '; Secure'] : [SESSION_NAMES.plain, ''];
  return `${name}=${id ?? ''}; Path=/; HttpOnly; SameSite=Strict${secure}${id === null ? '; Max-Age=0' : ''}`;
}
