// What is said where a disk does not take what somebody wanted.
import { messageOf } from '../coded-error.ts';

/** @param where what is written, or the setting that names its folder */
export const notKeptText = (where: string, error: unknown): string =>
  `it cannot be written down, so nothing changed: ${messageOf(error)} (${where}); make room there, or let this user write there`;
