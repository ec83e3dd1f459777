// Loaded with `--import` into a daemon under test: a resolver thread dies when a file of its name appears, and a promise of the main
// thread that nobody waits for is rejected when `main` does.
//
// No switch in the program itself: a thread that fails does so by an error nobody catches, and so does this one.
import { existsSync, unlinkSync } from 'node:fs';
import { isMainThread, threadName } from 'node:worker_threads';

const POLL_MS = 20;
const folder = process.env['DYING_THREADS'];

if (!isMainThread && folder !== undefined && threadName?.startsWith('resolver-')) {
  setInterval(() => {
    const order = `${folder}/${threadName}`;
    if (!existsSync(order)) return;
    unlinkSync(order);
    throw new Error(`${threadName} dies for a test`);
  }, POLL_MS).unref();
}

if (isMainThread && folder !== undefined && process.argv.includes('serve')) {
  setInterval(() => {
    const order = `${folder}/main`;
    if (!existsSync(order)) return;
    unlinkSync(order);
    void Promise.reject(new Error('rejected for a test'));
  }, POLL_MS).unref();
}
