// A password's hash as text: `$scrypt$ln=15,r=8,p=3$SALT$HASH`, the form that passlib and others write too (PHC string format).
export interface PasswordHash {
  /** The cost is 2 to the power of it. */
  readonly logCost: number;
  readonly blockSize: number;
  readonly parallel: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** Of a password itself. */
export const PASSWORD_CHARACTERS = { min: 8, max: 256 } as const;

const FORM =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/.]{11,88})\$([A-Za-z0-9+/.]{22,128})$/;
/** What a check may cost: 256 MiB, and some seconds. */
const BOUNDS = { logCost: [10, 18], blockSize: [1, 8], parallel: [1, 8] } as const;

export function isHash(text: string): boolean {
  return text.startsWith('$scrypt$');
}

/** Null: not in that form, or beyond what is checked. */
export function parseHash(text: string): PasswordHash | null {
  const [, logCost, blockSize, parallel, salt = '', hash = ''] = FORM.exec(text) ?? [];
  const parts = { logCost: Number(logCost), blockSize: Number(blockSize), parallel: Number(parallel) };
  const isBounded = (['logCost', 'blockSize', 'parallel'] as const).every(
    (part) => parts[part] >= BOUNDS[part][0] && parts[part] <= BOUNDS[part][1],
  );
  if (!isBounded) return null;
  // passlib writes `.` where base64 has `+`.
  const octets = (part: string): Uint8Array => Buffer.from(part.replaceAll('.', '+'), 'base64');
  return { ...parts, salt: octets(salt), hash: octets(hash) };
}

export function formatHash({ logCost, blockSize, parallel, salt, hash }: PasswordHash): string {
  const text = (octets: Uint8Array): string => Buffer.from(octets).toString('base64').replaceAll('=', '');
  return `$scrypt$ln=${logCost},r=${blockSize},p=${parallel}$${text(salt)}$${text(hash)}`;
}
