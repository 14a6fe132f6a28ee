import { runSeller } from '../../src/lab/stepping/seller.js';
import { off } from '../../src/lock/off.js';
import { locks } from '../../src/lock/registry.js';

/** A process of a stepped run whose locks exclude no other process. Everything else is the same. */
const broken = Object.fromEntries(
  Object.entries(locks).map(([name, mode]) => [name, { ...mode, open: off.open }]),
) as typeof locks;

await runSeller(broken);
