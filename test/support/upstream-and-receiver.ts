// Who stands around a daemon in a story that ends with somebody being told: an upstream, and a receiver of notices.
import type { Test } from 'tap';
import { httpReceiver } from './hits-receivers.ts';
import { startSimpleUpstream } from './simple-upstream.ts';

/** Both are closed at the end of the test. */
export async function upstreamAndReceiver(t: Test) {
  const upstream = await startSimpleUpstream();
  const receiver = await httpReceiver();
  t.teardown(async () => {
    await upstream.close();
    await receiver.close();
  });
  return { upstream, receiver };
}
