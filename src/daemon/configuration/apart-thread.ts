// Reads one configuration and ends: the body of the thread of apart.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { type ReadAsked, readWith } from '../../config/read/with-text.ts';

parentPort?.postMessage(readWith(workerData as ReadAsked));
