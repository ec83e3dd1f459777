// Tokens for programs: each with a name, a role and an end. What is kept of one opens nothing: its digest, in `admin.tokens`.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../config/coded-error.ts';
import { KEPT_MODE, writeWhole } from '../../config/disk/whole-file.ts';
import { ROLES, type Role } from '../../config/meant/admin.ts';
import { digestOf } from './password.ts';

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Who made it. */
  readonly by: string;
  readonly madeMs: number;
  /** Null: it does not end. */
  readonly endsMs: number | null;
  /** SHA-256, base64: a token is random, so that nobody can try them all. */
  readonly digest: string;
}

export const TOKENS_MAX = 200;
const TOKEN_OCTETS = 32;
const ID_OCTETS = 5;
/** Secret scanners know a token by how it begins. */
const PREFIX = 'cenote_';

export class ApiTokens {
  readonly #path: string;
  readonly #now: () => number;
  #tokens: readonly ApiToken[];
  /** Why the file cannot be read: it is not written over, since those that it holds would be gone. */
  #problem: string | null = null;

  /** @param dir the data folder @param report told once when the file there cannot be used */
  constructor(dir: string, now: () => number, report: (why: string) => void) {
    this.#path = join(dir, 'admin.tokens');
    this.#now = now;
    this.#tokens = this.#read(report);
  }

  /** Those that have ended too, until somebody makes a new one. */
  get all(): readonly ApiToken[] {
    return this.#tokens;
  }

  /** @throws Error when it cannot be kept; then there is none */
  make(wanted: Pick<ApiToken, 'name' | 'role' | 'by' | 'endsMs'>): {
    readonly made: ApiToken;
    readonly token: string;
  } {
    const token = PREFIX + randomBytes(TOKEN_OCTETS).toString('base64url');
    const made: ApiToken = {
      ...wanted,
      id: randomBytes(ID_OCTETS).toString('hex'),
      madeMs: this.#now(),
      digest: digestOf(token).toString('base64'),
    };
    this.#keep([...this.#tokens.filter((one) => !this.#hasEnded(one)), made]);
    return { made, token };
  }

  /** Null: there is none of that id. @throws Error when it cannot be kept; then it counts on */
  revoke(id: string): ApiToken | null {
    const found = this.#tokens.find((one) => one.id === id) ?? null;
    if (found !== null) this.#keep(this.#tokens.filter((one) => one !== found));
    return found;
  }

  /** Digests are looked up, so that time tells nothing of a token. */
  find(token: string): ApiToken | null {
    const found = this.#ofText(token);
    return found === null || this.#hasEnded(found) ? null : found;
  }

  /** One that opened, and has ended; it is forgotten when another is made. */
  ended(token: string): ApiToken | null {
    const found = this.#ofText(token);
    return found !== null && this.#hasEnded(found) ? found : null;
  }

  #ofText(token: string): ApiToken | null {
    if (!token.startsWith(PREFIX)) return null;
    const digest = digestOf(token).toString('base64');
    return this.#tokens.find((one) => one.digest === digest) ?? null;
  }

  /** Whether no other can be made. */
  get isFull(): boolean {
    return this.#tokens.filter((one) => !this.#hasEnded(one)).length >= TOKENS_MAX;
  }

  #hasEnded({ endsMs }: ApiToken): boolean {
    return endsMs !== null && endsMs <= this.#now();
  }

  #keep(tokens: readonly ApiToken[]): void {
    if (this.#problem !== null) throw new Error(this.#problem);
    writeWhole(this.#path, `${JSON.stringify({ tokens }, null, 1)}\n`, KEPT_MODE);
    this.#tokens = tokens;
  }

  #read(report: (why: string) => void): readonly ApiToken[] {
    try {
      const { tokens } = JSON.parse(readFileSync(this.#path, 'utf8')) as {
        readonly tokens: readonly ApiToken[];
      };
      return tokens.filter(
        ({ id, digest, role }) =>
          typeof id === 'string' && typeof digest === 'string' && ROLES.includes(role),
      );
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      this.#problem = `the API tokens cannot be read (${this.#path}): ${messageOf(error)}`;
      report(
        `${this.#problem}; none counts, and none is made until that file is mended or moved away and cenote is restarted`,
      );
      return [];
    }
  }
}
