import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { OpenLedgerFile } from '../../src/store/ledger/ledger-file.js';

/** A server that sells from the ledger that it once opened, whatever has its name now. */
OpenLedgerFile.prototype.checkName = () => {};

await start(dependencies);
