// Whether two files hold the same octets.
import { open } from 'node:fs/promises';

const PIECE_OCTETS = 1 << 20;

/** Reads as far as they are the same. @returns false where one of them cannot be read */
export async function isSameContent(a: string, b: string): Promise<boolean> {
  const files = await Promise.allSettled([open(a), open(b)]);
  const opened = files.flatMap((file) => (file.status === 'fulfilled' ? [file.value] : []));
  try {
    const [one, other] = opened;
    if (one === undefined || other === undefined) return false;
    const [{ size }, { size: otherSize }] = await Promise.all([one.stat(), other.stat()]);
    if (size !== otherSize) return false;
    const pieces = [Buffer.allocUnsafe(PIECE_OCTETS), Buffer.allocUnsafe(PIECE_OCTETS)] as const;
    for (let at = 0; at < size; at += PIECE_OCTETS) {
      const reads = [one.read(pieces[0], 0, PIECE_OCTETS, at), other.read(pieces[1], 0, PIECE_OCTETS, at)];
      const [first, second] = (await Promise.all(reads)).map(({ bytesRead }) => bytesRead);
      if (first !== second || first === 0) return false;
      if (!pieces[0].subarray(0, first).equals(pieces[1].subarray(0, first))) return false;
    }
    return true;
  } catch {
    return false;
  } finally {
    await Promise.all(opened.map((file) => file.close()));
  }
}
