import { figureRows } from './figure-rows.js';
import type { Scenario } from './lab-catalogue.js';
import type { Run } from './report.js';

/** What the runs of a scenario show together. */
export interface Conclusion {
  readonly text: string;
  /** The figure in which they differ: `Tickets left on record`, `no lock 99`, `a lock 90`. */
  readonly compared: { readonly label: string; readonly values: readonly string[] } | undefined;
}

/** `Tickets left on record: no lock 99 · a lock 90`. */
export const describeCompared = ({ label, values }: NonNullable<Conclusion['compared']>): string =>
  `${label}: ${values.join(' · ')}`;

/**
 * Concludes from the runs of a scenario. Where one did not go as expected, as on a busy machine, they
 * do not show what the scenario teaches, and the conclusion says so. Pure.
 *
 * @returns `undefined` while a run is missing
 */
export function conclusionOf(
  { runs: planned, compares, concludes }: Pick<Scenario, 'runs' | 'compares' | 'concludes'>,
  runs: readonly Run[],
): Conclusion | undefined {
  if (runs.length < planned.length) return undefined;
  const unexpected = runs.filter(({ verdict }, index) => verdict.ruling !== planned[index]?.expect);
  const rows = runs.flatMap((run) => {
    const row = figureRows(run).find(
      ({ name, label }) => (name === 'answers' ? label : name) === compares,
    );
    return row === undefined ? [] : [{ ...row, title: run.title }];
  });
  const [first] = rows;
  const values = rows.map(({ title, value }) => `${title} ${value}`);
  return {
    text: unexpected.length === 0 ? concludes : unexpected.map(describeUnexpected).join(' '),
    compared: first && { label: capitalized(first.label), values },
  };
}

const describeUnexpected = ({ title, verdict: { ruling, because } }: Run): string =>
  `“${title}” was ${rulings[ruling]} this time: ${because}. So these runs do not show what the scenario is for. Run it again.`;

const rulings = { holds: 'correct', broken: 'broken', inconclusive: 'inconclusive' } as const;

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
