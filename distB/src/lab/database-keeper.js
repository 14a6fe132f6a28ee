import { databaseUrlOf } from '../settings.js';
import { createTemporary, dropTemporary } from '../store/postgres/temporary-database.js';
import { exitCodeFor, UnusableError } from '../unusable.js';
import { whenAlone } from './alone.js';
/**
 * Makes a database on the server of DATABASE_URL, and drops it when the process that started this
 * one lets go of it, or is gone. A process that is killed drops nothing; this one is still there.
 */
const alone = new Promise((resolve) => whenAlone(resolve));
const tell = (message) => new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
try {
    const server = databaseUrlOf();
    // Without an address a client would take whatever server listens on this machine.
    if (server === undefined)
        throw new UnusableError('there is no DATABASE_URL');
    const address = await createTemporary(server);
    void tell({ type: 'made', address });
    await alone;
    await dropTemporary(server, address);
}
catch (error) {
    if (process.connected) {
        await tell({ type: 'failed', why: error.message, exitCode: exitCodeFor(error) });
    }
}
process.exit();
//# sourceMappingURL=database-keeper.js.map