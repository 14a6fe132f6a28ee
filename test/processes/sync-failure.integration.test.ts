import { expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { TestServer } from '../support/office.js';

test('a sync that fails ends the whole office with exit 4, and nobody is told "sold"', async () => {
  const office = await TestServer.startForTest({
    program: 'test/programs/unsynced-office',
    events: { a: anEvent(10) },
    env: { WORKERS: '2', LOG_LEVEL: 'silent' },
  });
  const buy = () => office.buy({ eventId: 'a', customer: 'Ada' });
  expect((await buy()).status).toBe(201);
  expect((await buy()).status).toBe(503);
  const { code, stderr } = await office.ended;
  expect(code).toBe(4);
  expect(stderr).toBe('the disk said EIO\n');
});
