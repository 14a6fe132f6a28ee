import { locks } from '../../lock/registry.js';
import { runSeller } from './seller.js';

await runSeller(locks);
