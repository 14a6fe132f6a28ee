import { z } from 'zod';
import { allLockModeNames, storeNames } from '../settings.js';

const amount = (min: number, max: number, description: string) =>
  z.int().min(min).max(max).optional().meta({ description });

/** What an experiment is asked for. The lab looks whether it makes sense together. */
export const labRequest = z.strictObject({
  rung: z.int().min(1).max(8).optional().meta({ description: 'A rung of the ladder' }),
  scenario: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'A scenario by its name; it says everything' }),
  store: z.enum(storeNames).optional(),
  lockMode: z.enum(allLockModeNames).optional(),
  batchMax: amount(1, 4096, 'Most buys sold in one lock turn'),
  buyers: amount(1, 5000, 'All at once'),
  quantity: amount(1, 10, 'Tickets that each of them wants'),
  capacity: amount(1, 1_000_000, 'Tickets that there are'),
  workers: amount(1, 16, 'Processes that sell'),
  windowMs: amount(0, 1000, 'Pause between read and write'),
});

export const labRunParams = z.object({ id: z.string().min(1).max(64) });

const ruling = z.enum(['holds', 'broken', 'inconclusive']);

const sentence = z.looseObject({
  text: z.string(),
  at: z.number().meta({ description: 'Milliseconds on the axis of the run' }),
});

/** A finished run, as `src/lab/report.ts` has it: here are the parts that a script may want. */
const run = z.looseObject({
  title: z.string(),
  setting: z.looseObject({}),
  lanes: z.array(z.looseObject({ pid: z.int() })).meta({ description: 'One per process' }),
  story: z.array(sentence).meta({ description: 'What happened, in words' }),
  figures: z.looseObject({ toldSold: z.int(), capacity: z.int(), lostUpdates: z.int() }),
  verdict: z.object({ ruling, because: z.string() }),
  command: z.string().meta({ description: 'What to type to run it again' }),
});

export const labStatus = z.object({
  id: z.string(),
  state: z.enum(['running', 'done', 'failed', 'stopped']),
  progress: z.object({
    phase: z.enum(['starting', 'selling', 'judging']),
    run: z.int(),
    runs: z.int(),
    title: z.string(),
  }),
  runs: z.array(run).meta({ description: 'Those that are finished' }),
  failure: z.string().optional().meta({ description: 'Why it failed' }),
});

const unavailable = z.string().optional().meta({ description: 'Why it cannot be run here' });

const planned = { title: z.string(), setting: z.looseObject({}), expect: ruling };

export const labCatalogue = z.object({
  rungs: z.array(z.object({ rung: z.int(), shows: z.string(), ...planned, unavailable })),
  scenarios: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      teaches: z.string(),
      runs: z.array(z.object({ ...planned, disturbance: z.string().optional() })),
    }),
  ),
  stores: z.array(
    z.object({
      store: z.enum(storeNames),
      lockModes: z.array(z.enum(allLockModeNames)),
      lockMode: z.enum(allLockModeNames).meta({ description: 'What it has unless told otherwise' }),
      unavailable,
    }),
  ),
  defaults: z.looseObject({}),
  bounds: z.record(z.string(), z.object({ min: z.int(), max: z.int() })),
});
