// From the config's `out` to receivers.
import type { OutConfig } from '../config/meant/out.ts';
import { dnstapReceiver } from './dnstap/receiver.ts';
import type { Receiver } from './receiver.ts';
import { bulkReceiver } from './receivers/bulk.ts';
import { hecReceiver } from './receivers/hec.ts';
import { lokiReceiver } from './receivers/loki.ts';
import { otlpReceiver } from './receivers/otlp.ts';

export function receiverFor(config: OutConfig, resolver: string): Receiver {
  switch (config.kind) {
    case 'dnstap':
      return dnstapReceiver(config, resolver);
    case 'hec':
      return hecReceiver(config, resolver);
    case 'bulk':
      return bulkReceiver(config);
    case 'loki':
      return lokiReceiver(config, resolver);
    case 'otlp':
      return otlpReceiver(config, resolver);
    default:
      return config.kind satisfies never;
  }
}
