import { expect, test } from 'vitest';
import { banner } from '../../src/app/banner.js';
import { dependencies } from '../../src/app/dependencies.js';
import { readSettings } from '../../src/settings.js';

const warnsOfOverselling = (environment: NodeJS.ProcessEnv): boolean =>
  banner(readSettings({ WORKERS: '2', ...environment }), dependencies, 3000, 'here').includes(
    'This will sell tickets twice',
  );

test.each([
  [true, { LOCK_MODE: 'off' }],
  [true, { LOCK_MODE: 'mutex' }],
  [false, { LOCK_MODE: 'mutex', WORKERS: '1' }],
  [false, { LOCK_MODE: 'file' }],
  [false, { LOCK_MODE: 'kernel' }],
  [false, { STORE: 'ledger', LOCK_MODE: 'off' }],
  [false, { STORE: 'ledger', LOCK_MODE: 'mutex' }],
  [true, { STORE: 'postgres', DATABASE_URL: 'postgres://x/y', LOCK_MODE: 'off' }],
  [false, { STORE: 'postgres', DATABASE_URL: 'postgres://x/y' }],
])('banner warns of selling tickets twice: %s for %o', (expected, environment) => {
  expect(warnsOfOverselling(environment)).toBe(expected);
});
