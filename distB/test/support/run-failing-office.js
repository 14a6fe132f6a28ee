import { runOffice } from '../../src/run-office.js';
import { failingFiles } from './failing-files.js';
import { Failpoints } from './failpoints.js';
/**
 * Runs an office of these parts whose processes fail on order: see `arm`. FAILPOINTS is a folder for
 * the orders; only calls on files in DATA_DIR can fail.
 */
export async function runFailingOffice(parts) {
    const failpoints = new Failpoints();
    await failingFiles(failpoints, process.env.DATA_DIR ?? '');
    failpoints.listen(process.env.FAILPOINTS ?? '');
    await runOffice(failpoints.in(parts));
}
//# sourceMappingURL=run-failing-office.js.map