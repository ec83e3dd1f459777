// A TSIG key as meant: a name and base64.
import { textToName } from '../../wire/names/presentation.ts';
import type { ListConfig } from '../meant/lists.ts';
import type { Path } from '../problem.ts';
import { quote } from '../values/parsed.ts';
import type { Findings } from './findings.ts';

/** @param path of the section that has the key as `tsig` */
export function checkTsig(path: Path, tsig: ListConfig['tsig'] | undefined, findings: Findings): void {
  if (tsig === undefined || tsig === null) return;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(tsig.secret))
    findings.complain(
      [...path, 'tsig', 'secret'],
      'the key is not in base64',
      'copy it from the other server',
    );
  if (textToName(tsig.name) === null)
    findings.complain(
      [...path, 'tsig', 'name'],
      `${quote(tsig.name)} is not a name`,
      'write the name of the key',
    );
}
