/**
 * Why a buy got no outcome. Each code is stable.
 *
 * - `QUEUE_FULL`, `DRAINING`, `LOCK_TIMEOUT`: refused before anything was decided; nothing is sold.
 * - `GIVEN_UP`: it took too long, or the office had to close while it was being sold; whether it was
 *   is unknown.
 * - `STORAGE`: a file could not be read or written; whether it was sold is unknown.
 * - `SYNC_FAILED`: the disk did not confirm a write; the office must stop (the page cache is no
 *   evidence any more).
 * - `UNREACHABLE`: the database cannot be reached; nothing is sold.
 * - `COMMIT_UNKNOWN`: the database did not answer to COMMIT; whether it was sold is unknown.
 * - `DAMAGED`: the ledger says what cannot be true; the office must stop.
 */
const codes = [
    'QUEUE_FULL',
    'DRAINING',
    'LOCK_TIMEOUT',
    'GIVEN_UP',
    'STORAGE',
    'SYNC_FAILED',
    'UNREACHABLE',
    'COMMIT_UNKNOWN',
    'DAMAGED',
];
export class Fault extends Error {
    code;
    constructor(code, message, cause) {
        super(message, cause === undefined ? undefined : { cause });
        this.name = 'Fault';
        this.code = code;
    }
    /** Any error as a fault: one that bears a fault's code keeps it, any other is of `STORAGE`. */
    static from(error) {
        if (error instanceof Fault)
            return error;
        const { code, message } = error instanceof Error ? codeOf(error) : { message: String(error) };
        return new Fault(codes.find((known) => known === code) ?? 'STORAGE', message, error);
    }
}
const codeOf = (error) => error;
