import { describe, expect, test } from 'vitest';
import { sellPastStoppedHolder } from '../torture/faults/stopped-holder.js';
import { testRound } from '../torture/round.js';

describe('a lock holder that is stopped between read and write, and resumes later', () => {
  const sell = (store: 'json' | 'ledger', mode: 'off' | 'file' | 'kernel') =>
    sellPastStoppedHolder(testRound(), store, mode, ['decided']);

  test('json, file: the lease is stolen, and one ticket is sold twice', async () => {
    const { serials, verdict } = await sell('json', 'file');
    expect(serials).toEqual([1, 1]);
    expect(verdict).toMatchObject({ verdict: 'broken', lostUpdates: 1 });
  });

  test('json, kernel: the lock cannot be stolen, and the other server waits', async () => {
    const { serials, verdict } = await sell('json', 'kernel');
    expect(serials).toEqual([1, 2]);
    expect(verdict.verdict).toBe('holds');
  });

  test('ledger, file: the lease is stolen, and the late line is skipped', async () => {
    const { serials, verdict } = await sell('ledger', 'file');
    expect(serials).toEqual([1, 2]);
    expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
    expect(verdict.skipped).toBe(1);
  });

  test('ledger, off: there is no lock, and the late line is skipped', async () => {
    const { serials, verdict } = await sell('ledger', 'off');
    expect(serials).toEqual([1, 2]);
    expect(verdict).toMatchObject({ verdict: 'holds', skipped: 1 });
  });
});
