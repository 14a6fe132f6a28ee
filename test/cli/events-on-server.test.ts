import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { editServer } from '../../src/cli/events-on-server.js';
import { testFolder } from '../support/folder.js';

/** What a server is sent as its token. */
async function tokenSentTo(url: string, env: Record<string, string> = {}): Promise<string | null> {
  const folder = testFolder();
  writeFileSync(join(folder, 'admin.token'), 'token-of-the-folder\n');
  for (const [name, value] of Object.entries({ DATA_DIR: folder, ...env })) vi.stubEnv(name, value);
  const fetched = vi.fn<typeof fetch>(async () => Response.json({ events: [], next: null }));
  vi.stubGlobal('fetch', fetched);
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
  });
  await editServer(new URL(url), (editor) => editor.list());
  return new Headers(fetched.mock.lastCall?.[1]?.headers).get('authorization');
}

test.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000'])(
  '%s is sent the token of the folder',
  async (url) => {
    expect(await tokenSentTo(url)).toBe('Bearer token-of-the-folder');
  },
);

test.each(['http://127.0.0.1.example.com', 'http://192.0.2.7:3000'])(
  '%s is sent no token of a folder, and ADMIN_TOKEN if it is set',
  async (url) => {
    expect(await tokenSentTo(url)).toBeNull();
    const ADMIN_TOKEN = 'a-token-that-was-set-for-it-1234567890';
    expect(await tokenSentTo(url, { ADMIN_TOKEN })).toBe(`Bearer ${ADMIN_TOKEN}`);
  },
);
