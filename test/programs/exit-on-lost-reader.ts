import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';

/** A server that a lost reader of its output ends, as it ends every program that does not handle it. */
await start(dependencies);
process.stderr.removeAllListeners('error');
process.removeAllListeners('exit');
