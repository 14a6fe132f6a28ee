import { dependencies } from '../../src/app/dependencies.js';
import { runWithFailpoints } from '../support/run-with-failpoints.js';

/** The complete server, with failpoints. */
await runWithFailpoints(dependencies);
