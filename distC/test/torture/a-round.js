import { onTestFinished } from 'vitest';
import { Round } from './round.js';
/** A small round that ends with the test. */
export function aRound(seed = 1) {
    const round = new Round(seed, false);
    onTestFinished(() => round.end());
    return round;
}
//# sourceMappingURL=a-round.js.map