import { rowPlots } from './plot-rows.js';
import type { SummaryInput } from './plot-style.js';
import { sweepPlots } from './plot-sweeps.js';
import type { Results } from './results.js';

/** All pictures of a benchmark. */
export const plotsOf = ({ groups }: Results): SummaryInput[] =>
  groups.flatMap((group) => [...rowPlots(group), ...sweepPlots(group)]);
