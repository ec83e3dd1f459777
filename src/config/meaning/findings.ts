// Where the checks of meaning put what they find.
import type { Complaint, Path } from '../problem.ts';
import type { Places } from '../read/files.ts';

export class Findings {
  readonly complaints: Complaint[] = [];
  readonly warnings: Complaint[] = [];
  readonly places: Places;

  constructor(places: Places) {
    this.places = places;
  }

  /** A mistake: the configuration cannot be used. */
  complain(path: Path, wrong: string, right: string | null, at: Complaint['at'] = 'value'): void {
    this.complaints.push({ path, at, wrong, right });
  }

  /** Worth saying, though it works. */
  warn(path: Path, wrong: string, right: string | null): void {
    this.warnings.push({ path, at: 'value', wrong, right });
  }
}
