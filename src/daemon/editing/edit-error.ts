// Why a configuration file was not changed.
import { CodedError } from '../../config/coded-error.ts';
import type { CodesOf } from '../../config/error-codes.ts';

export class EditError extends CodedError<CodesOf<'EDIT'>> {}
