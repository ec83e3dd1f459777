// How far a long compile is, for a person at a terminal: one line on standard error that is written over and then removed.

const CELLS = 24;

/** `compiling lists [########                ] 33 %`; a second pass, which is rare, stays at 100. */
export function progressText(octets: number, octetsTotal: number): string {
  const share = octetsTotal === 0 ? 1 : Math.min(1, octets / octetsTotal);
  const bar = '#'.repeat(Math.floor(share * CELLS)).padEnd(CELLS);
  return `compiling lists [${bar}] ${Math.floor(share * 100)} %`;
}

/** null removes the line; where nobody looks, nothing is written. */
export function showProgress(text: string | null): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text ?? ''}`);
}
