// Compiles a few names and ends: the body of the thread of compiler.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { type CompileRequest, compileRuleSet } from '../../lists/compile.ts';

parentPort?.postMessage(await compileRuleSet(workerData as CompileRequest));
