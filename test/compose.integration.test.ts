import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compose, image, pathOf } from './support/compose-file.js';
import { TestServer } from './support/test-server.js';

const { app } = compose.services;

describe('the image', () => {
  test('runs the built program directly, and not as root', () => {
    expect(image.values('USER').at(-1)).toBe('node');
    const [program, file = ''] = JSON.parse(image.values('CMD').at(-1) ?? '');
    expect(program).toBe('node');
    expect(file).toBe('dist/src/main.js');
    expect(existsSync(pathOf(file))).toBe(true);
  });
});

describe.each([
  ['compose', app.healthcheck?.test ?? []],
  [
    'image',
    JSON.parse(/CMD (\[.*\])$/.exec(image.values('HEALTHCHECK').at(-1) ?? '')?.[1] ?? '[]'),
  ],
])('the health check of the %s', (_whose, command: readonly string[]) => {
  const args = command.slice(command.indexOf('node') + 1);

  test('passes with a server, and fails without one', async () => {
    const server = await TestServer.startForTest();
    const { port } = server.url;
    expect(exitCodeOf(args, port)).toBe(0);
    await server.stop();
    expect(exitCodeOf(args, port)).toBe(1);
  });
});

function exitCodeOf(args: readonly string[], port: string): number | null {
  const env = { PATH: process.env.PATH, PORT: port };
  return spawnSync(process.execPath, args, { env, timeout: 20_000 }).status;
}
