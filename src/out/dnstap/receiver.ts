// A reader of dnstap. The protocol confirms nothing: a batch counts as delivered once the kernel has taken all of it, so what is in
// its buffers when the reader dies is gone and not counted.
import type { OutConfig } from '../../config/meant/out.ts';
import type { Line } from '../event.ts';
import { ALL_TAKEN, type Outcome, type Receiver } from '../receiver.ts';
import { FrameStream } from './frame-stream.ts';
import { dnstapOf } from './message.ts';

const FINISH_MS = 2000;

export function dnstapReceiver({ url }: OutConfig, resolver: string): Receiver {
  let stream: FrameStream | null = null;
  return {
    async deliver(batch: readonly Line[], signal: AbortSignal): Promise<Outcome> {
      if (stream === null || !stream.isOpen) stream = await FrameStream.open(url, signal);
      const frames = batch.flatMap(({ text, event }) =>
        event.event === 'query' ? dnstapOf(text, event, resolver) : [],
      );
      await stream.write(frames, signal);
      return ALL_TAKEN;
    },
    async close() {
      await stream?.close(FINISH_MS);
      stream = null;
    },
  };
}
