import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { classifyError, toFault } from '../../../src/store/postgres/classify-error.js';
import { CommitUnknownError, OvertakenError } from '../../../src/store/postgres/errors.js';
import { withRetries } from '../../../src/store/postgres/retry.js';

function sqlError(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('message of PostgreSQL', 0, 'error');
  error.code = code;
  return error;
}

describe('database errors', () => {
  test.each([
    ['40001', 'retryable', 'LOCK_TIMEOUT'],
    ['40P01', 'retryable', 'LOCK_TIMEOUT'],
    ['23505', 'retryable', 'LOCK_TIMEOUT'],
    ['55P03', 'lockTimeout', 'LOCK_TIMEOUT'],
    ['57014', 'lockTimeout', 'LOCK_TIMEOUT'],
    ['57P01', 'unreachable', 'UNREACHABLE'],
    ['57P03', 'unreachable', 'UNREACHABLE'],
    ['08006', 'unreachable', 'UNREACHABLE'],
    ['25P03', 'unreachable', 'UNREACHABLE'],
    ['53300', 'unreachable', 'UNREACHABLE'],
    ['53100', 'fault', 'STORAGE'],
    ['42P01', 'fault', 'STORAGE'],
  ])('classify %s as %s, and map it to %s', (code, errorClass, fault) => {
    expect(classifyError(sqlError(code))).toBe(errorClass);
    expect(toFault(sqlError(code)).code).toBe(fault);
  });

  test('classify a bug as a fault, and a failed system call as unreachable', () => {
    expect(classifyError(new TypeError('x is not a function'))).toBe('fault');
    expect(classifyError(Object.assign(new Error('connect'), { syscall: 'connect' }))).toBe(
      'unreachable',
    );
  });
});

describe('withRetries', () => {
  /** Work that fails with one error after the other, and then succeeds. */
  function failing(...errors: Error[]) {
    let attempts = 0;
    const work = async () => {
      const error = errors[attempts++];
      if (error !== undefined) throw error;
      return 'done';
    };
    return { work, attempts: () => attempts };
  }

  test('repeats work after retryable errors', async () => {
    const { work } = failing(new OvertakenError('overtaken'), sqlError('40P01'), sqlError('57P01'));
    expect(await withRetries(work, 5_000)).toBe('done');
  });

  test('never repeats work after a COMMIT of unknown outcome', async () => {
    const { work, attempts } = failing(new CommitUnknownError('no answer'));
    await expect(withRetries(work, 5_000)).rejects.toMatchObject({ code: 'COMMIT_UNKNOWN' });
    expect(attempts()).toBe(1);
  });

  test('limits its attempts and its time', async () => {
    const unreachable = failing(...Array.from({ length: 100 }, () => sqlError('57P01')));
    await expect(withRetries(unreachable.work, 5_000)).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
    expect(unreachable.attempts()).toBe(4);
    const overtaken = failing(...Array.from({ length: 10_000 }, () => new OvertakenError('x')));
    await expect(withRetries(overtaken.work, 100)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    expect(overtaken.attempts()).toBeLessThan(100);
  });
});
