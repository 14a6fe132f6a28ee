import { describe, expect, test } from 'vitest';
import { lockModeNames, locks } from '../../src/lock/registry.js';
import { anEvent } from '../support/folder.js';
import { TestServer } from '../support/test-server.js';

const exact = lockModeNames.filter((name) => locks[name].scope === 'host');

/** The example of many tutorials: three tickets, ten buyers, 0.2 s between read and write. */
async function tutorial(mode: string, program = 'src/main') {
  const server = await TestServer.startForTest({
    program,
    env: { LOCK_MODE: mode, WORKERS: '2', RACE_WINDOW_MS: '200' },
    events: { 'last-three': anEvent(3) },
  });
  return server.race('last-three', 10);
}

describe('three tickets, ten buyers, 200 ms between read and write', () => {
  test.each(exact)('%s sells three', async (mode) => {
    expect(await tutorial(mode)).toMatchObject({ ruling: 'holds', sold: 3, refused: 7, after: 0 });
  });

  test('off sells more than three', async () => {
    const { ruling, sold } = await tutorial('off');
    expect(ruling).toBe('broken');
    expect(sold).toBeGreaterThan(3);
  });

  test.each(exact)('negative control: %s without its lock sells more than three', async (mode) => {
    const { ruling, sold } = await tutorial(mode, 'test/programs/without-lock');
    expect(ruling).toBe('broken');
    expect(sold).toBeGreaterThan(3);
  });
});
