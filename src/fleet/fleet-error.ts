// What can go wrong between the sites of a fleet.
import { CodedError } from '../config/coded-error.ts';
import type { CodesOf } from '../config/error-codes.ts';

export type FleetErrorCode = CodesOf<'FLEET'> | 'NO_SITE';
export class FleetError extends CodedError<FleetErrorCode> {}
