import { rowPlots } from './plot-rows.js';
import { sweepPlots } from './plot-sweeps.js';
/** All pictures of a benchmark. */
export const plotsOf = ({ groups }) => groups.flatMap((group) => [...rowPlots(group), ...sweepPlots(group)]);
//# sourceMappingURL=plots.js.map