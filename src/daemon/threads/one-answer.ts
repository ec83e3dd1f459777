// What a thread says that is started for one piece of work: its code and its heap go with it.
import { Worker } from 'node:worker_threads';

/** @param entry posts one message and ends @throws Error when there is no room for it, or it ends without a word */
export function oneAnswer<Answer>(entry: URL, name: string, workerData: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(entry, { workerData, name });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`the thread "${name}" ended with ${code}`)));
  });
}
