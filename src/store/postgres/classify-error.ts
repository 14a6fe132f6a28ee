import { DatabaseError } from 'pg';
import { Fault } from '../../booking/faults.js';
import { CommitUnknownError, OvertakenError } from './errors.js';

/**
 * What an error of the database means for a batch that was not committed:
 *
 * - `retryable`: another batch was first; nothing is wrong
 * - `lockTimeout`: the row locks were not granted in time
 * - `unreachable`: the connection is lost, or none is available; another one may work
 * - `fault`: another attempt would not help
 */
export type ErrorClass = 'retryable' | 'lockTimeout' | 'unreachable' | 'fault';

/** By SQLSTATE, or by a prefix of it. (PostgreSQL's manual, appendix A.) */
const errorClasses: Readonly<Record<string, ErrorClass>> = {
  '40001': 'retryable', // serialization_failure
  '40P01': 'retryable', // deadlock_detected
  '23505': 'retryable', // unique_violation: another batch just took the key or the serial
  '55P03': 'lockTimeout', // lock_not_available
  '57014': 'lockTimeout', // query_canceled: statement_timeout
  '08': 'unreachable', // connection exceptions
  '25P03': 'unreachable', // idle_in_transaction_session_timeout: this process was stopped too long
  '25P04': 'unreachable', // transaction_timeout
  '53300': 'unreachable', // too_many_connections
  '57P': 'unreachable', // shutdown, crash, starting up, idle_session_timeout
  '25006': 'unreachable', // read_only_sql_transaction: a standby, until it is promoted
};

export function classifyError(error: unknown): ErrorClass {
  if (error instanceof OvertakenError) return 'retryable';
  if (error instanceof CommitUnknownError) return 'fault';
  if (error instanceof DatabaseError) {
    const code = error.code ?? '';
    return (
      errorClasses[code] ??
      errorClasses[code.slice(0, 3)] ??
      errorClasses[code.slice(0, 2)] ??
      'fault'
    );
  }
  return isConnectionError(error) ? 'unreachable' : 'fault';
}

/** node-postgres gives its own errors no code. */
const driverMessages = /connection|timeout|not queryable/i;

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall !== undefined || code === 'ECONNRESET' || driverMessages.test(error.message);
}

/** The error as a fault whose code says what happened to the batch. */
export function toFault(error: unknown): Fault {
  if (error instanceof CommitUnknownError) {
    return new Fault('COMMIT_UNKNOWN', 'the database did not answer COMMIT', error.cause);
  }
  const message = error instanceof Error ? error.message : String(error);
  switch (classifyError(error)) {
    case 'retryable':
      return new Fault('LOCK_TIMEOUT', 'other writers were first on every attempt', error);
    case 'lockTimeout':
      return new Fault('LOCK_TIMEOUT', message, error);
    case 'unreachable':
      return new Fault('UNREACHABLE', message, error);
    case 'fault':
      return Fault.from(error);
  }
}
