import { start } from '../../src/app/start.js';
import { ceilingParts } from '../ceiling-parts.js';

await start(ceilingParts);
