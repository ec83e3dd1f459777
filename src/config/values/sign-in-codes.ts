// What can go wrong when somebody signs in, or may not do what is asked: part of the table in config/error-codes.ts.
import type { CodeText } from './code-text.ts';

export const SIGN_IN = {
  NOT_SIGNED_IN: {
    means: 'nobody is signed in, or the sign-in has ended',
    remedy: 'sign in, or give a token; the command line uses the Unix socket',
  },
  WRONG_SIGN_IN: {
    means: 'user, password or code is wrong',
    remedy: 'look at `listen.admin.users`; `cenote password` makes a new hash',
  },
  NEEDS_CODE: {
    means: 'user and password are right, and the user has a second factor',
    remedy: 'give `code`, the six digits of the app',
  },
  TOO_MANY_TRIES: {
    means: 'too many sign-ins failed, or too many are being checked',
    remedy: 'wait as long as Retry-After says; a token and the Unix socket are not held up',
  },
  OIDC: {
    means: 'the OpenID provider did not sign in, or gives no role',
    remedy: 'the message says why; look at `listen.admin.oidc` and at the provider',
  },
  ROLE: { means: 'the role of who asks does not allow it', remedy: '`role` of the user or token' },
  NO_API_TOKEN: { means: 'there is no token of that id', remedy: '`cenote token list` shows them' },
  TOO_MANY_TOKENS: { means: 'there are as many tokens as are kept', remedy: 'revoke one first' },
  NOT_KEPT: {
    means: 'what was asked for could not be written down',
    remedy: 'the message says where: look at space and mode there; nothing changed',
  },
  OTHER_USER: { means: 'another user of this machine asked without the token', remedy: 'give the token' },
  CROSS_SITE: { means: "another site's page asked", remedy: 'open the page at its own address' },
  STRANGE_HOST: {
    means: 'the Host header is not an address or name of this machine',
    remedy: 'use its address, or the token',
  },
} as const satisfies Record<string, CodeText>;
