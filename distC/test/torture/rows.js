import { abandonedWorkers } from './rows/abandoned-workers.js';
import { besieged } from './rows/besieged.js';
import { closedUnderLoad } from './rows/closed-under-load.js';
import { damagedBytes } from './rows/damaged-bytes.js';
import { failingFileCalls } from './rows/failing-file-calls.js';
import { fullDisk } from './rows/full-disk.js';
import { killedAtEveryStep } from './rows/killed-at-every-step.js';
import { killedBeforeTheAnswer } from './rows/killed-before-the-answer.js';
import { orderOfCalls } from './rows/order-of-calls.js';
import { overloaded } from './rows/overloaded.js';
import { powerCut } from './rows/power-cut.js';
import { randomHistories } from './rows/random-histories.js';
import { saturated } from './rows/saturated.js';
import { stoppedHolder } from './rows/stopped-holder.js';
import { twoPrimaries } from './rows/two-primaries.js';
import { twoTakersOfOneLease } from './rows/two-takers-of-one-lease.js';
import { wrongClock } from './rows/wrong-clock.js';
/** Every kind of fault, in the order of their numbers. */
export const rows = [
    stoppedHolder,
    killedAtEveryStep,
    twoTakersOfOneLease,
    killedBeforeTheAnswer,
    fullDisk,
    failingFileCalls,
    damagedBytes,
    powerCut,
    wrongClock,
    randomHistories,
    orderOfCalls,
    saturated,
    abandonedWorkers,
    closedUnderLoad,
    overloaded,
    besieged,
    twoPrimaries,
];
//# sourceMappingURL=rows.js.map