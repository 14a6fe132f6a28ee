import { setFlagsFromString } from 'node:v8';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * A test file's name decides its project:
 * - `*.test.ts`: unit; no process, browser, database or build
 * - `*.integration.test.ts`: starts processes or a PostgreSQL, or searches for many seconds
 * - `*.browser.test.ts`: needs a Chromium
 * - `*.timing.test.ts`: measures time under load, so it runs last and alone
 */
const filesOf = (project: string): string[] => [`test/**/*.${project}.test.ts`];

/** The integration tests that take longest: they start first, so that none of them runs alone at the end. */
const longest =
  /processes\/(supervision|postgres-faults|shutdown)|lab\/(postgres|fault-injection)|cli\/(backup|lab)\b|abandoned|stolen-lease|readme/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => Number(longest.test(moduleId));
    return (await super.sort(files)).sort((one, other) => isLong(other) - isLong(one));
  }
}

/** Integration tests that keep both cores busy by themselves: two files at a time. */
const heavy = [
  'test/processes/race*.integration.test.ts',
  'test/processes/kill-worker.integration.test.ts',
  'test/lab/scenarios.integration.test.ts',
];

/** For the projects that have random scripts. */
const fixedSeed = ['test/support/fixed-seed.ts'];

const needsBuild = {
  // Ten times what the slowest needs on a quiet machine: a busy one is several times slower.
  testTimeout: 600_000,
  hookTimeout: 300_000,
  globalSetup: ['test/support/build.ts', 'test/support/shared-postgres.ts'],
  expect: { poll: { timeout: 120_000 } },
};

// Before version 24, Node optimises functions so early that it takes the unit tests a tenth longer.
const optimizeLater = {
  20: '--interrupt-budget=1000000',
  22: '--invocation-count-for-turbofan=20000',
}[process.versions.node.split('.')[0] ?? ''];
if (optimizeLater !== undefined) setFlagsFromString(optimizeLater);

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          testTimeout: 120_000, // a busy machine is many times slower
          expect: { poll: { timeout: 15_000 } },
          setupFiles: fixedSeed,
          include: ['test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            ...['integration', 'browser', 'timing'].flatMap(filesOf),
          ],
          maxWorkers: 3, // many of them wait for the disk or a timer
          pool: 'threads', // start faster than processes
          isolate: false, // loads each module once per worker
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...needsBuild,
          name: 'integration-heavy',
          include: heavy,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...needsBuild,
          name: 'integration',
          include: filesOf('integration'),
          setupFiles: fixedSeed,
          exclude: [...configDefaults.exclude, ...heavy],
          maxWorkers: 4, // most of them wait: for a process to start, a lease to expire
          isolate: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...needsBuild,
          name: 'browser',
          include: filesOf('browser'),
          globalSetup: [...needsBuild.globalSetup, 'test/support/browser-path.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          ...needsBuild,
          name: 'timing',
          include: filesOf('timing'),
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
