// Entry of the helper process that unfolds one document of a stranger's.
import { type Say, serveParent } from '../../offload/child.ts';
import { ReportError } from '../report.ts';
import type { UnfoldedDocument } from './document.ts';
import { unfold } from './unfold.ts';

/** What the process says, once. */
export type DocumentMessage =
  | { readonly kind: 'unfolded'; readonly document: UnfoldedDocument }
  | { readonly kind: 'refused'; readonly code: ReportError['code']; readonly message: string };

async function work(bytes: Uint8Array, say: Say): Promise<void> {
  let message: DocumentMessage;
  try {
    message = { kind: 'unfolded', document: await unfold(bytes) };
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    message = { kind: 'refused', code: error.code, message: error.message };
  }
  await say(message);
}

serveParent((request: unknown, say: Say) => work(request as Uint8Array, say));
