import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The integration tests that take longest, the longest first, below `test` and without extension. */
const longest: readonly string[] = [
  'processes/race',
  'lab/scenarios',
  'processes/postgres-faults',
  'lab/postgres',
  'cli/lab',
  'processes/two-primaries',
  'processes/supervision',
  'lab/fault-injection',
  'processes/shutdown',
  'processes/race-ledger',
  'processes/race-postgres',
  'readme',
  'torture/abandoned-workers',
  'processes/kill-worker',
  'processes/stolen-lease',
  'torture/torture',
  'processes/postgres-outage',
  'http/lab',
  'lock/locks',
  'processes/race-unbatched',
  'torture/negative-controls',
  'torture/killed-before-answer',
];

/**
 * Starts the longest files first: a long file that starts last would run alone at the end. The other
 * files keep Vitest's order.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const path = moduleId.replace(/(\.integration)?\.test\.ts$/, '');
      const index = longest.findIndex((name) => path.endsWith(`/test/${name}`));
      return index === -1 ? longest.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
