import { configDefaults, defineConfig } from 'vitest/config';

/** These keep both cores busy by themselves, two files at a time. */
const heavy = [
  'test/processes/race*.test.ts',
  'test/processes/kill.test.ts',
  'test/lab/scenarios.test.ts',
];

/** These draw in a browser, whose time nothing else should take. */
const inBrowser = ['test/**/*.browser.test.ts'];

/** These look at how long something takes under load, so nothing else runs beside them. */
const alone = ['test/**/alone/*.test.ts'];

const common = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts', 'test/support/shared-postgres.ts'],
    projects: [
      {
        test: {
          ...common,
          name: 'heavy',
          include: heavy,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Most of these wait for a process to start, for a lease to run out, for a time to be up.
        test: {
          ...common,
          name: 'light',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...heavy, ...inBrowser, ...alone],
          maxWorkers: 4,
          isolate: false, // to load the same modules for every file took a third of the time
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: 'browser',
          include: inBrowser,
          globalSetup: 'test/support/browser-path.ts',
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...common,
          name: 'alone',
          include: alone,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
