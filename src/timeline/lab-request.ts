import { z } from 'zod';
import { type Immutable, settingBounds, settingShape } from './setting.js';
import { levelVariant } from './stepped-run.js';

/** What a request over HTTP may set: less than a command, because it runs beside real sales. */
export const requestBounds = {
  ...settingBounds,
  buyers: { min: 1, max: 1000 },
  workers: { min: 1, max: 8 },
  windowMs: { min: 0, max: 250 },
} as const;

/** The numbers of `settingShape`, within the bounds of a request. */
function requestAmounts() {
  const within = (name: keyof typeof requestBounds) =>
    settingShape.shape[name].max(requestBounds[name].max);
  return { buyers: within('buyers'), workers: within('workers'), windowMs: within('windowMs') };
}

/** A rung or a scenario by name, or a custom setting. The lab rejects combinations without meaning. */
export const labRequest = z.strictObject({
  rung: z.int().min(1).max(8).optional().meta({ description: 'A rung of the ladder' }),
  scenario: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'The name of a scenario, which sets everything' }),
  ladder: z
    .boolean()
    .optional()
    .meta({ description: 'Whether to run all rungs that can be run here, one after the other' }),
  level: z
    .int()
    .min(1)
    .max(12)
    .optional()
    .meta({ description: 'A level, which you step yourself' }),
  variant: levelVariant
    .optional()
    .meta({ description: 'Which setting of a level that has several' }),
  stepped: z
    .boolean()
    .optional()
    .meta({ description: 'Whether you step a setting of yours: store, lockMode and capacity' }),
  ...settingShape.extend(requestAmounts()).partial().shape,
});
export type LabRequest = Immutable<z.infer<typeof labRequest>>;
