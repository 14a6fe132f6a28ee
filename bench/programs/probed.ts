import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { ceilingParts } from '../ceiling-parts.js';
import { installProbes } from '../probes.js';

/** The office, or `ceiling`, with what tells how it is inside. */
installProbes();
await start(process.argv[2] === 'ceiling' ? ceilingParts : dependencies);
