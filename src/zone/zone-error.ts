// What can go wrong while a zone travels: connection, signature, order of records.
import { CodedError } from '../config/coded-error.ts';
import type { CodesOf } from '../config/error-codes.ts';

export type ZoneErrorCode = CodesOf<'ZONE'>;
export class ZoneError extends CodedError<ZoneErrorCode> {}
