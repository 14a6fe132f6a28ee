import { number } from '../timeline/format.js';
import type { Figures } from '../timeline/report.js';
import type { Setting } from '../timeline/setting.js';
import { isInDatabase } from './experiment-setting.js';

/**
 * What the file or the database has left at the end of a run, and what it should have: `the file has 99
 * left instead of 90, which is 100 − 10 sold`. Pure.
 *
 * @param sold tickets in the store's record of its sales
 */
export function describeFinalCount(
  { store }: Pick<Setting, 'store'>,
  { capacity, remaining }: Pick<Figures, 'capacity' | 'remaining'>,
  sold: number,
): string {
  const found = `the ${isInDatabase(store) ? 'database' : 'file'} has ${number(remaining)} left`;
  if (sold > capacity) return `${found}, and ${number(sold)} of ${number(capacity)} were sold`;
  const difference = `${number(capacity)} − ${number(sold)} sold`;
  const right = capacity - sold;
  return remaining === right
    ? `${found}, which is ${difference}`
    : `${found} instead of ${number(right)}, which is ${difference}`;
}
