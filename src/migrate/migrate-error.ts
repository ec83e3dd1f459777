// What keeps the settings of another program from being read at all.
import { CodedError } from '../config/coded-error.ts';
import type { CodesOf } from '../config/error-codes.ts';

export class MigrateError extends CodedError<CodesOf<'MIGRATE'>> {}
