import { configDefaults, defineConfig } from 'vitest/config';

/** Races and kills are about who comes first: they share the cores with nobody. */
const alone = ['test/processes/race.test.ts', 'test/processes/kill.test.ts'];

const common = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    projects: [
      {
        test: {
          ...common,
          name: 'alone',
          include: alone,
          maxWorkers: 1,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Most of these wait for a process to start, for a lease to run out, for a time to be up.
        test: {
          ...common,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...alone],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
