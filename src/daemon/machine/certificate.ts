// The certificate of the TLS and HTTPS listeners, read anew at every reload so that a renewed one is shown.
import { readFileSync } from 'node:fs';

/** @throws Error that names the file which cannot be read */
export function readCertificate(
  paths: { readonly cert: string; readonly key: string } | null,
): { readonly cert: string; readonly key: string } | null {
  if (paths === null) return null;
  const text = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`the certificate cannot be read (${path}): ${why}`);
    }
  };
  return { cert: text(paths.cert), key: text(paths.key) };
}
