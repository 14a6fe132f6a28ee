import { describe, expect, test } from 'vitest';
import { lockModeNames } from '../src/lock/registry.js';
import { settingsSchema } from '../src/settings.js';
import { run } from './support/processes.js';

describe('settings of the program', () => {
  test('a bad value ends the start with one line and exit code 2', async () => {
    const { code, stdout, stderr } = await run('src/main', { env: { LOCK_MODE: 'fil' } });
    const line = `LOCK_MODE is "fil": it takes one of ${lockModeNames.join(', ')}\n`;
    expect([code, stdout, stderr]).toEqual([2, '', line]);
  });

  test('--help explains every setting and every lock mode', async () => {
    const { code, stdout } = await run('src/main', { args: ['--help'] });
    expect(code).toBe(0);
    for (const name of Object.keys(settingsSchema.shape)) expect(stdout).toContain(name);
    for (const mode of lockModeNames) expect(stdout).toContain(`\`${mode}\`: `);
  });
});
