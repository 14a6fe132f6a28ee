import { z } from 'zod';
import { rulingShape as ruling } from '../verdict/judge.js';
import { faultShape, verbShape } from './report.js';
import { type Immutable, lockModeShape, settingShape, storeShape } from './setting.js';
import { levelShape } from './stepped-run.js';

const unavailable = z.string().exactOptional().meta({ description: 'Why it cannot run here' });
const planned = { title: z.string(), setting: settingShape, expect: ruling };

const rung = z.object({
  rung: z.int(),
  shows: z.string().meta({ description: 'One line' }),
  ...planned,
  unavailable,
});
export type Rung = Immutable<z.infer<typeof rung>>;

const storeChoice = z.object({
  store: storeShape,
  lockModes: z.array(lockModeShape),
  lockMode: lockModeShape.meta({ description: 'The default of this store' }),
  unavailable,
});

/** A store that a custom setting can choose. */
export type StoreChoice = Immutable<z.infer<typeof storeChoice>>;

const scenarioRun = z.object({
  ...planned,
  disturbance: faultShape.exactOptional(),
  verb: verbShape.exactOptional(),
});
export type ScenarioRun = Immutable<z.infer<typeof scenarioRun>>;

const comparedFigure = z.enum([
  'toldSold',
  'remaining',
  'duplicates',
  'lostUpdates',
  'skipped',
  'buysPerSecond',
  'lockWaitMs',
  'overtakings',
  'received', // messages of a queue
  'moved a ticket', // processes that need two locks
]);

const scenario = z.object({
  name: z.string(),
  title: z.string(),
  teaches: z.string().meta({ description: 'One or two sentences' }),
  compares: comparedFigure.meta({ description: 'The figure in which its runs differ' }),
  concludes: z
    .string()
    .meta({ description: 'What its runs show together, if each went as expected' }),
  runs: z.array(scenarioRun).meta({ description: 'One, or several to compare' }),
});
export type Scenario = Immutable<z.infer<typeof scenario>>;

const bound = z.object({ min: z.int(), max: z.int() });
export type Bound = Immutable<z.infer<typeof bound>>;

export const labCatalogue = z.object({
  rungs: z.array(rung),
  scenarios: z.array(scenario),
  levels: z.array(levelShape),
  stores: z.array(storeChoice),
  defaults: settingShape,
  bounds: z.object({
    batchMax: bound,
    buyers: bound,
    quantity: bound,
    capacity: bound,
    workers: bound,
    windowMs: bound,
  }),
});

/** Everything that the lab offers. */
export type LabCatalogue = Immutable<z.infer<typeof labCatalogue>>;
