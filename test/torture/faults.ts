import type { TortureFault } from './fault.js';
import { abandonedWorkers } from './faults/abandoned-workers.js';
import { crowds } from './faults/crowds.js';
import { damagedBytes } from './faults/damaged-bytes.js';
import { failingFileCalls } from './faults/failing-file-calls.js';
import { failingVerbs } from './faults/failing-verbs.js';
import { fastClock } from './faults/fast-clock.js';
import { fileCallOrder } from './faults/file-call-order.js';
import { fullDisk } from './faults/full-disk.js';
import { hostileClients } from './faults/hostile-clients.js';
import { killedAtEveryStep } from './faults/killed-at-every-step.js';
import { killedBeforeAnswer } from './faults/killed-before-answer.js';
import { killedBeforeConfirmation } from './faults/killed-before-confirmation.js';
import { overload } from './faults/overload.js';
import { powerCut } from './faults/power-cut.js';
import { randomHistories } from './faults/random-histories.js';
import { saturation } from './faults/saturation.js';
import { shutdownUnderLoad } from './faults/shutdown-under-load.js';
import { sleepingMachine } from './faults/sleeping-machine.js';
import { staleLeaseTakenTwice } from './faults/stale-lease-taken-twice.js';
import { stoppedHolder } from './faults/stopped-holder.js';
import { swappedFiles } from './faults/swapped-files.js';
import { twoPrimaries } from './faults/two-primaries.js';
import { wrongClock } from './faults/wrong-clock.js';

/** Every kind of fault, in the order of their numbers. */
export const faults: readonly TortureFault[] = [
  stoppedHolder,
  killedAtEveryStep,
  staleLeaseTakenTwice,
  killedBeforeAnswer,
  fullDisk,
  failingFileCalls,
  damagedBytes,
  powerCut,
  wrongClock,
  randomHistories,
  fileCallOrder,
  saturation,
  abandonedWorkers,
  shutdownUnderLoad,
  overload,
  hostileClients,
  twoPrimaries,
  swappedFiles,
  sleepingMachine,
  killedBeforeConfirmation,
  crowds,
  fastClock,
  failingVerbs,
];
