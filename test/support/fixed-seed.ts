import fc from 'fast-check';

/** Random scripts are the same in every run of the tests. `FAST_CHECK_SEED=7` tries others. */
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });
