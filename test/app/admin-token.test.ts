import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAdminToken, readAdminToken } from '../../src/app/admin-token.js';
import { readSettings } from '../../src/settings.js';
import { testFolder } from '../support/folder.js';

const settingsFor = (folder: string, env: NodeJS.ProcessEnv = {}) =>
  readSettings({ DATA_DIR: folder, ...env });

describe('the admin token', () => {
  test('is made once, and only its owner may read it', async () => {
    const folder = testFolder();
    const file = join(folder, 'admin.token');
    await Promise.all([1, 2, 3].map(() => createAdminToken(settingsFor(folder))));
    const content = readFileSync(file, 'utf8');
    await createAdminToken(settingsFor(folder));
    expect(readFileSync(file, 'utf8')).toBe(content);
    expect(content).toMatch(/^[\w-]{43}\n$/);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await readAdminToken(settingsFor(folder))).toBe(content.trim());
  });

  test('may be a setting, and is then not made', async () => {
    const folder = testFolder();
    const settings = settingsFor(folder, { ADMIN_TOKEN: 'a-token-of-my-own-making' });
    await createAdminToken(settings);
    expect(existsSync(join(folder, 'admin.token'))).toBe(false);
    expect(await readAdminToken(settings)).toBe('a-token-of-my-own-making');
  });

  test('is not made on a database, whose servers share no folder', async () => {
    const folder = testFolder();
    const env = { STORE: 'postgres', DATABASE_URL: 'postgres://ada@db/tickets' };
    await createAdminToken(settingsFor(folder, env));
    expect(existsSync(join(folder, 'admin.token'))).toBe(false);
    expect(await readAdminToken(settingsFor(folder, env))).toBeUndefined();
  });

  test.each(['', 'short\n', 'a token with spaces in it\n', 'ein-Schlüssel-mit-Umlaut'])(
    'is rejected if the file has %j',
    async (content) => {
      const folder = testFolder();
      writeFileSync(join(folder, 'admin.token'), content);
      await expect(readAdminToken(settingsFor(folder))).rejects.toThrow(
        /admin\.token is not an admin token of 16 to 1024 characters without spaces: remove it/,
      );
    },
  );
});
