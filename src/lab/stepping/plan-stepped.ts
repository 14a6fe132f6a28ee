import type { LabRequest } from '../../timeline/lab-request.js';
import { steppedBounds } from '../../timeline/stepped-run.js';
import { UserError } from '../../user-error.js';
import { type Changes, planOf } from '../plan.js';
import { gatedStores } from './gated-store.js';
import { everyAction, type Level, levels } from './levels.js';

/** What a stepped run should do: a level, or a setting of the learner's. */
export type SteppedPlan = Omit<Level, 'level'> & { readonly level?: number };

/** Whether a request is for a stepped run. */
export const isStepped = ({ level, variant, stepped }: LabRequest): boolean =>
  level !== undefined || variant !== undefined || stepped === true;

/**
 * Plans a stepped run.
 *
 * @throws UserError if the request is invalid
 */
export function planStepped(request: LabRequest): SteppedPlan {
  const { level: number, variant, stepped: _, ...setting } = request;
  const given = Object.entries(setting).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  if (number === undefined) {
    if (variant !== undefined) throw new UserError('a variant is of a level: give its level, too');
    return planCustom(setting, given);
  }
  const variants = levels.filter((each) => each.level === number);
  if (variants.length === 0) {
    throw new UserError(`level is ${number}: it takes a whole number from 1 to ${lastLevel}`);
  }
  const level = variants.find((each) => each.variant === variant);
  if (level === undefined) {
    const takes = variants.flatMap((each) => each.variant ?? []).join(', ');
    const what = takes === '' ? `level ${number} has none` : `level ${number} takes ${takes}`;
    throw new UserError(`variant is "${variant}": ${what}`);
  }
  if (given.length > 0)
    throw new UserError(`a level determines its ${given[0]}: give only one of them`);
  return level;
}

const lastLevel = Math.max(...levels.map(({ level }) => level));

/** What a learner may set without a level. */
const settable = new Set(['store', 'lockMode', 'capacity']);

function planCustom(setting: Changes, given: readonly string[]): SteppedPlan {
  const other = given.find((name) => !settable.has(name));
  if (other !== undefined) {
    throw new UserError(`a stepped run takes no ${other}: it takes ${[...settable].join(', ')}`);
  }
  const { store = 'json', capacity = 1 } = setting;
  if (gatedStores[store] === undefined) {
    const takes = Object.keys(gatedStores).join(', ');
    throw new UserError(`store is "${store}": a stepped run takes ${takes}`);
  }
  const { min, max } = steppedBounds.capacity;
  if (capacity < min || capacity > max) {
    throw new UserError(
      `capacity is ${capacity}: a stepped run takes a whole number from ${min} to ${max}`,
    );
  }
  const [plan] = planOf({ ...setting, store, capacity });
  const { lockMode = 'file' } = plan?.setting ?? {};
  return {
    title: `${store}, lock mode ${lockMode}`,
    goal: 'Sell a ticket twice.',
    store,
    lockMode,
    capacity,
    actions: everyAction,
    reached: ({ verdict }) => verdict.verdict === 'broken',
    lesson: 'The verdict decides whether the lock did what it promised.',
  };
}
