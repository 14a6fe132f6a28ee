import { describe, expect, test } from 'vitest';
import type { StepName } from '../../src/booking/sale-steps.js';
import { sellPastStoppedHolder } from '../torture/faults/stopped-holder.js';
import { testRound } from '../torture/round.js';

describe('a lock holder that is stopped between read and write, and resumes later', () => {
  const sell = (
    store: 'json' | 'ledger',
    mode: 'off' | 'file' | 'kernel',
    step: StepName = 'decided',
    program?: string,
  ) => sellPastStoppedHolder(testRound(), store, mode, [step], program);

  test('json, file: the lease is stolen, and its holder gives the batch up', async () => {
    const { serials, givenUp, verdict } = await sell('json', 'file');
    expect(serials).toEqual([1]);
    expect(givenUp).toEqual(['decided']);
    expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
  });

  test('negative control: without a look at the lock, one ticket is sold twice', async () => {
    const { serials } = await sell('json', 'file', 'decided', 'test/programs/without-look');
    expect(serials).toEqual([1, 1]);
  });

  test('json, file: stopped between the look and the write, it sells one ticket twice', async () => {
    const { serials, verdict } = await sell('json', 'file', 'lockChecked');
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
