import type { Dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { failingFiles } from './failing-files.js';
import { Failpoints } from './failpoints.js';

/**
 * Runs an office of these parts whose processes fail on order: see `arm`. FAILPOINTS is a folder for
 * the orders; only calls on files in DATA_DIR can fail.
 */
export async function runFailingOffice(dependencies: Dependencies): Promise<void> {
  const failpoints = new Failpoints();
  await failingFiles(failpoints, process.env.DATA_DIR ?? '');
  failpoints.listen(process.env.FAILPOINTS ?? '');
  await start(failpoints.in(dependencies));
}
