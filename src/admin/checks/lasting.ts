// How long somebody wants something to last: a duration of more than none, and not for longer than there is sense in.
import { parseDuration } from '../../config/values/amounts.ts';
import { grouped } from '../../config/values/grouped.ts';
import { RouteError } from '../route.ts';

const DAY_MS = 86_400_000;

export interface Lasting {
  /** `a pause` */
  readonly what: string;
  readonly daysMax: number;
  /** `such as 10m, 2h or 1d` */
  readonly examples: string;
  /** What it is without a duration: `it lasts until it is resumed`. */
  readonly otherwise: string;
}

/** @throws RouteError BAD_DURATION */
export function lastsMs(text: string, { what, daysMax, examples, otherwise }: Lasting): number {
  const duration = parseDuration(text);
  if (!duration.ok || duration.value <= 0)
    throw new RouteError(400, 'BAD_DURATION', `not a duration: ${JSON.stringify(text)}; write ${examples}`);
  if (duration.value > daysMax * DAY_MS)
    throw new RouteError(
      400,
      'BAD_DURATION',
      `${what} lasts ${grouped(daysMax)} days at most: ${JSON.stringify(text)}; without a duration ${otherwise}`,
    );
  return duration.value;
}
