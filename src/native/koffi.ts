// The one door to native code: koffi, where it loads and the numbers of the machine are known.
import { endianness } from 'node:os';
import { type CallNumbers, SYSTEM_CALLS } from './numbers.ts';

export type Koffi = typeof import('koffi');

export interface Native {
  readonly koffi: Koffi;
  readonly numbers: CallNumbers;
}

/** koffi and the numbers of this machine's system calls, or what is missing, as the object of "… needs". */
export async function loadKoffi(): Promise<Native | string> {
  const numbers = SYSTEM_CALLS[process.arch];
  if (process.platform !== 'linux' || numbers === undefined || endianness() !== 'LE')
    return `Linux on x64 or arm64 (this is ${process.platform} on ${process.arch})`;
  try {
    return { koffi: (await import('koffi')).default as unknown as Koffi, numbers };
  } catch (error) {
    return `koffi, which does not load: ${error instanceof Error ? error.message : error}`;
  }
}

/** The name that a number of errno(3) goes by. */
export function errnoName(koffi: Koffi, number: number): string {
  return Object.entries(koffi.os.errno).find(([, value]) => value === number)?.[0] ?? 'EUNKNOWN';
}
