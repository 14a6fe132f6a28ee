import { expect, test } from 'vitest';
import { banner } from '../../src/app/banner.js';
import { dependencies } from '../../src/app/dependencies.js';
import { readSettings } from '../../src/settings.js';

const warnsOfOverselling = (environment: NodeJS.ProcessEnv): boolean =>
  banner(readSettings({ WORKERS: '2', ...environment }), dependencies, 3000, 'here').includes(
    'This will sell tickets twice',
  );

test.each([
  ['warns', 'LOCK_MODE=off'],
  ['warns', 'LOCK_MODE=mutex'],
  ['does not warn', 'LOCK_MODE=mutex WORKERS=1'],
  ['does not warn', 'LOCK_MODE=file'],
  ['does not warn', 'LOCK_MODE=kernel'],
  ['does not warn', 'STORE=ledger LOCK_MODE=off'],
  ['does not warn', 'STORE=ledger LOCK_MODE=mutex'],
  ['warns', 'STORE=postgres DATABASE_URL=postgres://x/y LOCK_MODE=off'],
  ['does not warn', 'STORE=postgres DATABASE_URL=postgres://x/y'],
])('the banner %s of selling tickets twice with %s', (warns, settings) => {
  const environment = Object.fromEntries(settings.split(' ').map((each) => each.split('=')));
  expect(warnsOfOverselling(environment)).toBe(warns === 'warns');
});
