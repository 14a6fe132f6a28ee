/** The lock was not granted in time. */
export class LockTimeoutError extends Error {
    code = 'LOCK_TIMEOUT';
    constructor() {
        super('the lock was not granted in time');
        this.name = 'LockTimeoutError';
    }
}
/** Milliseconds until a deadline, never negative. */
export const msUntil = (deadline) => Math.max(0, deadline - performance.now());
