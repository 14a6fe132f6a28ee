import { describe, expect, test } from 'vitest';
import { aRound } from '../torture/a-round.js';
import { sellPastAStoppedHolder } from '../torture/rows/stopped-holder.js';

describe('a holder that is stopped between its read and its write, and goes on later', () => {
  const past = (store: 'json' | 'ledger', mode: 'off' | 'file' | 'kernel') =>
    sellPastAStoppedHolder(aRound(), store, mode, ['decided']);

  test('json, file: the lease is stolen, and one ticket is sold twice', async () => {
    const { serials, verdict } = await past('json', 'file');
    expect(serials).toEqual([1, 1]);
    expect(verdict).toMatchObject({ verdict: 'broken', lostUpdates: 1 });
  });

  test('json, kernel: the lock is not stolen, and the other one waits', async () => {
    const { serials, verdict } = await past('json', 'kernel');
    expect(serials).toEqual([1, 2]);
    expect(verdict.verdict).toBe('holds');
  });

  test('ledger, file: the lease is stolen, and it does not matter', async () => {
    const { serials, verdict } = await past('ledger', 'file');
    expect(serials).toEqual([1, 2]);
    expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
    expect(verdict.skipped).toBe(1); // the overtaken line stands there, and counts for nothing
  });

  test('ledger, off: there is no lock to steal', async () => {
    const { serials, verdict } = await past('ledger', 'off');
    expect(serials).toEqual([1, 2]);
    expect(verdict).toMatchObject({ verdict: 'holds', skipped: 1 });
  });
});
