/**
 * Why a buy got no outcome. Each code is stable.
 *
 * - `QUEUE_FULL`, `DRAINING`, `LOCK_TIMEOUT`: rejected before anything was decided; nothing is sold.
 * - `LOCK_LOST`: the lock was lost before anything was written; nothing is sold.
 * - `GIVEN_UP`: the sale took too long, or the server had to close during it; whether it was sold is
 *   unknown.
 * - `STORAGE`: a file could not be read or written; whether it was sold is unknown.
 * - `SYNC_FAILED`: the disk did not confirm a write; the server must stop, because the page cache may
 *   no longer match the disk.
 * - `UNREACHABLE`: the database cannot be reached; nothing is sold.
 * - `COMMIT_UNKNOWN`: the database did not answer COMMIT; whether it was sold is unknown.
 * - `DAMAGED`: the files of a store contradict each other or what was written; the server must stop.
 */
const codes = [
  'QUEUE_FULL',
  'DRAINING',
  'LOCK_TIMEOUT',
  'LOCK_LOST',
  'GIVEN_UP',
  'STORAGE',
  'SYNC_FAILED',
  'UNREACHABLE',
  'COMMIT_UNKNOWN',
  'DAMAGED',
] as const;
export type FaultCode = (typeof codes)[number];

export class Fault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Fault';
    this.code = code;
  }

  /** Any error as a fault: one with a fault's code keeps it, any other becomes `STORAGE`. */
  static from(error: unknown): Fault {
    if (error instanceof Fault) return error;
    const { code, message } = error instanceof Error ? codeOf(error) : { message: String(error) };
    return new Fault(codes.find((known) => known === code) ?? 'STORAGE', message, error);
  }
}

const codeOf = (error: Error): { code?: unknown; message: string } => error;
