import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

/**
 * A test file's name decides its project:
 * - `*.test.ts`: unit; no process, browser, database or build
 * - `*.integration.test.ts`: starts processes or a PostgreSQL, or searches for many seconds
 * - `*.browser.test.ts`: needs a Chromium
 * - `*.timing.test.ts`: measures time under load, so it runs last and alone
 */
const filesOf = (project: string): string[] => [`test/**/*.${project}.test.ts`];

const needsBuild = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  globalSetup: ['test/support/build.ts', 'test/support/shared-postgres.ts'],
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          testTimeout: 30_000,
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
          name: 'integration',
          include: filesOf('integration'),
          maxWorkers: 4, // most of them wait: for a process to start, a lease to expire
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...needsBuild,
          name: 'browser',
          include: filesOf('browser'),
          globalSetup: [...needsBuild.globalSetup, 'test/support/browser-path.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...needsBuild,
          name: 'timing',
          include: filesOf('timing'),
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
