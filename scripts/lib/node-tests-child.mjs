/** Runs test files in the Node that runs this, for another one: see `runTestFilesWith`. */
import { once } from 'node:events';
import { runTestFiles } from './node-tests.mjs';

const [{ files, silence }] = await once(process, 'message');
const result = await runTestFiles(files, silence);
process.send?.(result);
process.disconnect();
