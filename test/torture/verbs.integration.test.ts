import { describe, expect, test } from 'vitest';
import { collide, crowds } from './faults/crowds.js';
import { failEachVerb, failingVerbs } from './faults/failing-verbs.js';
import { decideWithFastClock, fastClock, whatIsPromised } from './faults/fast-clock.js';
import {
  confirmAfterDeaths,
  expectSameOrder,
  killedBeforeConfirmation,
} from './faults/killed-before-confirmation.js';
import { testRound } from './round.js';

describe('a confirmation whose worker died before it answered', () => {
  test('is one order, and the same one after a restart', async () => {
    expect(await killedBeforeConfirmation.run(testRound())).toContain('one order each');
  });

  test('negative control: its client loses what it paid where ended holds are forgotten', async () => {
    const [replies = []] = await confirmAfterDeaths(
      testRound(),
      [{ at: 'appended', action: 'kill' }],
      {
        program: 'test/programs/ledger-forgets-holds',
        env: { STORE: 'ledger', LOCK_MODE: 'kernel', WORKERS: '2' },
      },
    );
    expect(replies[0]?.status).toBe(404);
    expect(() => expectSameOrder(replies)).toThrow();
  });
});

describe('crowds that cancel, admit and edit', () => {
  test('change each thing once', async () => {
    expect(await crowds.run(testRound())).toContain('holds');
  });

  test('negative control: without a lock all three are broken', async () => {
    const setting = { store: 'json', mode: 'kernel' } as const;
    const rulings = await collide(testRound(), setting, 'test/programs/without-lock');
    expect(rulings).toEqual({ cancel: 'broken', admit: 'broken', edit: 'broken' });
  });
});

describe('a clock that is an hour fast', () => {
  test('ends holds and begins sales early by an hour at most', async () => {
    expect(await fastClock.run(testRound())).toContain('is confirmed');
  });

  test('negative control: one that is three hours fast does both', async () => {
    const found = await decideWithFastClock(testRound(), 'ledger', 3 * 3_600_000);
    expect(found).not.toEqual(whatIsPromised);
    expect(found).toEqual({ confirmed: 410, soldEarly: 201 });
  });
});

describe('a full disk in the midst of each verb', () => {
  test('does nothing, and later the verb once', async () => {
    expect(await failingVerbs.run(testRound())).toBe('json: 6 writes, ledger: 12 writes');
  });

  test('negative control: a server that ignores failed writes reports a hold that is not there', async () => {
    const failing = failEachVerb(testRound(), 'json', 'test/programs/ignore-failed-writes');
    await expect(failing).rejects.toThrow(/to deeply equal/);
  });
});
