import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { CommitUnknownError, OvertakenError } from '../../../src/store/postgres/errors.js';
import { retrying } from '../../../src/store/postgres/retry.js';
import { faultOf, meaningOf } from '../../../src/store/postgres/trouble.js';
function sqlError(code) {
    const error = new pg.DatabaseError('as PostgreSQL says it', 0, 'error');
    error.code = code;
    return error;
}
describe('an error of the database', () => {
    test.each([
        ['40001', 'again', 'LOCK_TIMEOUT'],
        ['40P01', 'again', 'LOCK_TIMEOUT'],
        ['23505', 'again', 'LOCK_TIMEOUT'],
        ['55P03', 'lockTimeout', 'LOCK_TIMEOUT'],
        ['57014', 'lockTimeout', 'LOCK_TIMEOUT'],
        ['57P01', 'unreachable', 'UNREACHABLE'],
        ['57P03', 'unreachable', 'UNREACHABLE'],
        ['08006', 'unreachable', 'UNREACHABLE'],
        ['25P03', 'unreachable', 'UNREACHABLE'],
        ['53300', 'unreachable', 'UNREACHABLE'],
        ['53100', 'fault', 'STORAGE'],
        ['42P01', 'fault', 'STORAGE'],
    ])('%s means %s, and ends as %s', (code, meaning, fault) => {
        expect(meaningOf(sqlError(code))).toBe(meaning);
        expect(faultOf(sqlError(code)).code).toBe(fault);
    });
    test('that is one of ours is not taken for one of the network', () => {
        expect(meaningOf(new TypeError('x is not a function'))).toBe('fault');
        expect(meaningOf(Object.assign(new Error('connect'), { syscall: 'connect' }))).toBe('unreachable');
    });
});
describe('work that fails', () => {
    function failing(...errors) {
        let attempts = 0;
        const work = async () => {
            const error = errors[attempts++];
            if (error !== undefined)
                throw error;
            return 'done';
        };
        return { work, attempts: () => attempts };
    }
    test('is done again where that helps', async () => {
        const { work } = failing(new OvertakenError('overtaken'), sqlError('40P01'), sqlError('57P01'));
        expect(await retrying(work, 5_000)).toBe('done');
    });
    test('is never done again after a COMMIT that may have been done', async () => {
        const { work, attempts } = failing(new CommitUnknownError('no answer'));
        await expect(retrying(work, 5_000)).rejects.toMatchObject({ code: 'COMMIT_UNKNOWN' });
        expect(attempts()).toBe(1);
    });
    test('has a bound, in attempts and in time', async () => {
        const gone = failing(...Array.from({ length: 100 }, () => sqlError('57P01')));
        await expect(retrying(gone.work, 5_000)).rejects.toMatchObject({ code: 'UNREACHABLE' });
        expect(gone.attempts()).toBe(4);
        const overtaken = failing(...Array.from({ length: 10_000 }, () => new OvertakenError('x')));
        await expect(retrying(overtaken.work, 100)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
        expect(overtaken.attempts()).toBeLessThan(100);
    });
});
//# sourceMappingURL=trouble.test.js.map