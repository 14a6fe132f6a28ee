import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAdminToken, readAdminToken } from '../../src/app/admin-token.js';
import { createTicketKey, readTicketKey } from '../../src/app/ticket-key.js';
import { readSettings } from '../../src/settings.js';
import { testFolder } from '../support/folder.js';

describe.each([
  { name: 'admin.token', create: createAdminToken, read: readAdminToken },
  { name: 'ticket.key', create: createTicketKey, read: readTicketKey },
])('$name', ({ name, create, read }) => {
  test('is not read through a link, whose file others may write', async () => {
    const [folder, other] = [testFolder(), testFolder()];
    writeFileSync(join(other, 'file'), 'a-secret-that-somebody-else-chose\n');
    symlinkSync(join(other, 'file'), join(folder, name));
    const settings = readSettings({ DATA_DIR: folder });
    await create(settings);
    await expect(read(settings)).rejects.toThrow(`${name} is a symbolic link`);
  });

  test('is not read from a folder', async () => {
    const folder = testFolder();
    mkdirSync(join(folder, name));
    await expect(read(readSettings({ DATA_DIR: folder }))).rejects.toThrow(`${name} is in the way`);
  });
});
