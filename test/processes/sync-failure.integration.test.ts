import { expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { TestServer } from '../support/test-server.js';

test('a failed sync stops the server with exit code 4, and its buyer gets no 201', async () => {
  const server = await TestServer.startForTest({
    program: 'test/programs/failed-sync',
    events: { a: anEvent(10) },
    env: { WORKERS: '2', LOG_LEVEL: 'silent' },
  });
  const buy = () => server.buy({ eventId: 'a', customer: 'Ada' });
  expect((await buy()).status).toBe(201);
  expect((await buy()).status).toBe(503);
  const { code, stderr } = await server.ended;
  expect(code).toBe(4);
  expect(stderr).toBe('the disk said EIO\n');
});
