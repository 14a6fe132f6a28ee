import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createTicketKey, readTicketKey } from '../../src/app/ticket-key.js';
import { readSettings } from '../../src/settings.js';
import { testFolder } from '../support/folder.js';

const settingsFor = (folder: string, env: NodeJS.ProcessEnv = {}) =>
  readSettings({ DATA_DIR: folder, ...env });

const onDatabase = { STORE: 'postgres', DATABASE_URL: 'postgres://ada@db/tickets' };

describe('the key of ticket codes', () => {
  test('is made once, and only its owner may read it', async () => {
    const folder = testFolder();
    const file = join(folder, 'ticket.key');
    await Promise.all([1, 2, 3].map(() => createTicketKey(settingsFor(folder))));
    const content = readFileSync(file, 'utf8');
    await createTicketKey(settingsFor(folder));
    expect(readFileSync(file, 'utf8')).toBe(content);
    expect(content).toMatch(/^[\w-]{43}\n$/);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await readTicketKey(settingsFor(folder))).toBe(content.trim());
  });

  test.each([{}, { STORE: 'ledger' }, onDatabase])(
    'is ORDER_SECRET if that is set, with %j',
    async (env) => {
      const folder = testFolder();
      const settings = settingsFor(folder, { ...env, ORDER_SECRET: 'a secret of my own making' });
      await createTicketKey(settings);
      expect(existsSync(join(folder, 'ticket.key'))).toBe(false);
      expect(await readTicketKey(settings)).toBe('a secret of my own making');
    },
  );

  test('is not made on a database: it is ADMIN_TOKEN, or there is none', async () => {
    const folder = testFolder();
    await createTicketKey(settingsFor(folder, onDatabase));
    expect(existsSync(join(folder, 'ticket.key'))).toBe(false);
    expect(await readTicketKey(settingsFor(folder, onDatabase))).toBeUndefined();
    const token = { ADMIN_TOKEN: 'a-token-of-my-own-making' };
    expect(await readTicketKey(settingsFor(folder, { ...onDatabase, ...token }))).toBe(
      'a-token-of-my-own-making',
    );
  });

  test.each(['', 'short\n'])('is rejected if the file has %j', async (content) => {
    const folder = testFolder();
    writeFileSync(join(folder, 'ticket.key'), content);
    await expect(readTicketKey(settingsFor(folder))).rejects.toThrow(
      /ticket\.key is not a key of 16 characters or more: restore it from a backup/,
    );
  });
});
