import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compose, image, pathOf } from './support/compose-file.js';
import { testFolder } from './support/folder.js';
import { PATIENCE_MS } from './support/processes.js';
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

describe('the database', () => {
  const { entrypoint = [] } = compose.services.database;
  // Compose replaces $$ by $.
  const [program = '', ...args] = entrypoint.map((part) => part.replaceAll('$$', '$'));
  const startWith = (POSTGRES_PASSWORD: string) => {
    const bin = testFolder();
    writeFileSync(join(bin, 'docker-entrypoint.sh'), '#!/bin/sh\necho "started $1"\n', {
      mode: 0o755,
    });
    const env = { PATH: `${bin}:${process.env.PATH}`, POSTGRES_PASSWORD };
    return spawnSync(program, args, { env, encoding: 'utf8', timeout: PATIENCE_MS });
  };

  test('does not start without a password, and says how to set one', () => {
    const { status, stderr, stdout } = startWith('');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^POSTGRES_PASSWORD is not set: .*docker compose up .*\n$/);
  });

  test('starts with one', () => {
    const { status, stdout } = startWith('secret');
    expect([status, stdout]).toEqual([0, 'started postgres\n']);
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
    const server = await TestServer.startForTest({ env: { WORKERS: '1' } });
    const { port } = server.url;
    expect(exitCodeOf(args, port)).toBe(0);
    await server.stop();
    expect(exitCodeOf(args, port)).toBe(1);
  });
});

function exitCodeOf(args: readonly string[], port: string): number | null {
  const env = { PATH: process.env.PATH, PORT: port };
  return spawnSync(process.execPath, args, { env, timeout: PATIENCE_MS }).status;
}
