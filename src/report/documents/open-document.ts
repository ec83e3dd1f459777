// Unfolds a stranger's document in a process of its own: whatever it does there, this one has its answer within bounds.
import { messageOf } from '../../config/coded-error.ts';
import { type Bounds, runOffloaded } from '../../offload/process.ts';
import { ReportError } from '../report.ts';
import type { UnfoldedDocument } from './document.ts';
import type { DocumentMessage } from './document-process.ts';

/** What a document may take; the largest real ones take a fifth of it. */
const BOUNDS: Bounds = { memoryOctets: 1_073_741_824, processorMs: 60_000 };
/** Short-lived objects fill 48 MiB by default before they are collected: of a mail of 10 MB that is 70 MB of its peak, for no CPU that was seen. */
const FLAGS = ['--max-old-space-size=768', '--max-semi-space-size=4'];

/** @throws ReportError when it cannot be read, or takes more than a document may */
export async function openDocument(bytes: Uint8Array, bounds: Bounds = BOUNDS): Promise<UnfoldedDocument> {
  const heard: DocumentMessage[] = [];
  try {
    await runOffloaded({
      entry: new URL('./document-process.ts', import.meta.url),
      request: bytes,
      begin: () => (message) => heard.splice(0, heard.length, message as DocumentMessage),
      flags: FLAGS,
      bounds,
      isUrgent: true,
    });
  } catch (error) {
    const why = messageOf(error);
    throw new ReportError(
      'REPORT_NOT_TEXT',
      `the document cannot be read: ${why.slice(0, 300)}; save it as text`,
      { cause: error },
    );
  }
  const [message] = heard;
  if (message?.kind === 'unfolded') return message.document;
  throw new ReportError(message?.code ?? 'REPORT_NOT_TEXT', message?.message ?? 'the document gave nothing');
}
