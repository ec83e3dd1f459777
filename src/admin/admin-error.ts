// What can go wrong with the admin interface itself.
import { CodedError } from '../config/coded-error.ts';
import type { CodesOf } from '../config/error-codes.ts';

export class AdminError extends CodedError<CodesOf<'ADMIN'>> {}
