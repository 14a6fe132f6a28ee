import type { Highlight, Lane } from '../timeline/report.js';

const LETTERS = 26;

/** `A`, `B`, …, `Z`, `A2`, … */
export const processName = (index: number): string => {
  const letter = String.fromCharCode(65 + (index % LETTERS));
  const round = Math.floor(index / LETTERS);
  return round === 0 ? letter : `${letter}${round + 1}`;
};

/**
 * Names the processes of a run. A and B are those that the story is about, A being the one that began
 * first; the others follow in the order of the lanes. Pure.
 */
export function nameProcesses(lanes: readonly Lane[], highlight: Highlight | undefined): Lane[] {
  const startOf = (lane: Lane): number | undefined =>
    lane.batches.find(({ id }) => id === highlight?.first || id === highlight?.second)?.start;
  const highlighted = lanes
    .filter((lane) => startOf(lane) !== undefined)
    .sort((a, b) => (startOf(a) ?? 0) - (startOf(b) ?? 0));
  const others = lanes.filter((lane) => startOf(lane) === undefined);
  return [...highlighted, ...others].map((lane, index) => ({ ...lane, name: processName(index) }));
}
