// How each command ends.

/** @param code what the process ends with */
export async function end(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}
