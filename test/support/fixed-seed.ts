import fc from 'fast-check';

/**
 * Random scripts are the same in every run of the tests: `FAST_CHECK_SEED=7` tries others, and
 * `FAST_CHECK_RUNS=500` more of them. A test that needs another number says so itself.
 */
const { FAST_CHECK_SEED: seed = '1', FAST_CHECK_RUNS: runs = '100' } = process.env;
fc.configureGlobal({ seed: Number(seed), numRuns: Number(runs) });
