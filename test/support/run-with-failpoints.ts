import type { Dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { failingFiles } from './failing-files.js';
import { Failpoints } from './failpoints.js';

/**
 * Runs a server with these dependencies whose processes obey `arm`. FAILPOINTS names the folder for
 * the commands; only calls on files in DATA_DIR can fail.
 */
export async function runWithFailpoints(dependencies: Dependencies): Promise<void> {
  const failpoints = new Failpoints();
  await failingFiles(failpoints, process.env.DATA_DIR ?? '');
  failpoints.listen(process.env.FAILPOINTS ?? '');
  await start(failpoints.in(dependencies));
}
