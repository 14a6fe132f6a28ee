import type { Batch, Highlight, Lane } from '../timeline/report.js';

const LETTERS = 26;

/** `A`, `B`, …, `Z`, `A2`, … */
export const processName = (index: number): string => {
  const letter = String.fromCharCode(65 + (index % LETTERS));
  const round = Math.floor(index / LETTERS);
  return round === 0 ? letter : `${letter}${round + 1}`;
};

/**
 * Names the processes of a run. A and B are those that the story is about: of a lost update, A is the one
 * that read first; of the others, the one that came first. The rest follow in the order of the lanes. Pure.
 */
export function nameProcesses(lanes: readonly Lane[], highlight: Highlight | undefined): Lane[] {
  const batchOf = ({ batches }: Lane): Batch | undefined =>
    batches.find(({ id }) => id === highlight?.first || id === highlight?.second);
  const order = (lane: Lane): number => {
    const batch = batchOf(lane);
    if (highlight?.kind !== 'lostUpdate') return batch?.id === highlight?.first ? 0 : 1;
    return batch?.read?.at ?? batch?.start ?? 0;
  };
  const highlighted = lanes.filter((lane) => batchOf(lane) !== undefined);
  const others = lanes.filter((lane) => batchOf(lane) === undefined);
  return [...highlighted.toSorted((a, b) => order(a) - order(b)), ...others].map((lane, index) => ({
    ...lane,
    name: processName(index),
  }));
}
