// A sign-in that is refused.
import { RouteError } from '../route.ts';

type Code = 'WRONG_SIGN_IN' | 'NEEDS_CODE' | 'WRONG_TOKEN' | 'TOO_MANY_TRIES';

export class DoorError extends RouteError {
  constructor(code: Code, message: string, retryAfterSeconds: number | null) {
    super(
      retryAfterSeconds === null ? 401 : 429,
      code,
      message,
      retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) },
    );
  }
}
