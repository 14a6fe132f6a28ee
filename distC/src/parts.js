import { BuyQueue } from './booking/queue.js';
import { locks } from './lock/registry.js';
import { stores } from './store/registry.js';
export const parts = { locks, stores, newQueue: (options) => new BuyQueue(options) };
/** The lock mode that an office of these parts runs with. */
export function lockModeOf({ locks, stores }, settings) {
    const mode = stores[settings.STORE].lockModes(locks)[settings.LOCK_MODE];
    if (mode === undefined)
        throw new Error(`${settings.STORE} has no ${settings.LOCK_MODE}`);
    return mode;
}
//# sourceMappingURL=parts.js.map