import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import type { CompileRequest } from '../../src/lists/compile.ts';
import type { CompileMessage } from '../../src/lists/compile-thread.ts';
import { askerOf, listConfig } from '../support/lists-compile.ts';

t.test('the helper thread compiles and hands the trie over without copying it', async (t) => {
  const dir = t.testdir({ list: 'a.example\n' });
  const request: CompileRequest = {
    revision: 3,
    seed: 1,
    lists: [
      {
        config: listConfig({ source: join(dir, 'list') }),
        body: { kind: 'file', path: join(dir, 'list') },
        fallback: null,
        previousEntries: null,
      },
    ],
  };
  const thread = new Worker(new URL('../../src/lists/compile-thread.ts', import.meta.url), {
    workerData: request,
  });
  const [message] = (await once(thread, 'message')) as [CompileMessage];
  await thread.terminate();
  if (message.kind !== 'done') throw new Error(message.kind);
  t.ok(message.result.ruleSet.trie instanceof SharedArrayBuffer);
  t.equal(askerOf(message.result)('a.example'), 'sinkhole');
});
