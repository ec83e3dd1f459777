// Reads one configuration and ends: the body of the thread of apart.ts.
import { parentPort, workerData } from 'node:worker_threads';
import type { Look } from '../../config/read/looks.ts';
import { loadWith, type ReadAsked } from '../../config/read/with-text.ts';
import type { ReadTold } from './apart.ts';

const looks: Look[] = [];
const loaded = loadWith(workerData as ReadAsked, looks);
parentPort?.postMessage({ loaded, looks } satisfies ReadTold);
