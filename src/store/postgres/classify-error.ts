import { DatabaseError } from 'pg';
import { Fault } from '../../booking/faults.js';
import { CommitUnknownError, OvertakenError } from './errors.js';

/**
 * What an error of the database means for a batch that was not committed:
 *
 * - `again`: somebody else was first; nothing is wrong
 * - `lockTimeout`: the rows were not to be had in time
 * - `unreachable`: this connection is gone, or none is to be had; another one may do
 * - `fault`: nothing that another attempt would mend
 */
export type ErrorClass = 'again' | 'lockTimeout' | 'unreachable' | 'fault';

/** By SQLSTATE, or by its first two characters, its class. (PostgreSQL's manual, appendix A.) */
const errorClasses: Readonly<Record<string, ErrorClass>> = {
  '40001': 'again', // serialization_failure
  '40P01': 'again', // deadlock_detected
  '23505': 'again', // unique_violation: a key or a serial that another batch has just taken
  '55P03': 'lockTimeout', // lock_not_available
  '57014': 'lockTimeout', // query_canceled: statement_timeout
  '08': 'unreachable', // connection exceptions
  '25P03': 'unreachable', // idle_in_transaction_session_timeout: we were stopped for too long
  '25P04': 'unreachable', // transaction_timeout
  '53300': 'unreachable', // too_many_connections
  '57P': 'unreachable', // shutdown, crash, starting up, idle_session_timeout
  '25006': 'unreachable', // read_only_sql_transaction: a standby, until it is promoted
};

export function classifyError(error: unknown): ErrorClass {
  if (error instanceof OvertakenError) return 'again';
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
  return isOfTheConnection(error) ? 'unreachable' : 'fault';
}

/** node-postgres gives its own errors no code. */
const ownMessages = /connection|timeout|not queryable/i;

function isOfTheConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall !== undefined || code === 'ECONNRESET' || ownMessages.test(error.message);
}

/** The error as a fault that says what became of the batch. */
export function toFault(error: unknown): Fault {
  if (error instanceof CommitUnknownError) {
    return new Fault('COMMIT_UNKNOWN', 'the database did not answer to COMMIT', error.cause);
  }
  const message = error instanceof Error ? error.message : String(error);
  switch (classifyError(error)) {
    case 'again':
      return new Fault('LOCK_TIMEOUT', 'overtaken again and again', error);
    case 'lockTimeout':
      return new Fault('LOCK_TIMEOUT', message, error);
    case 'unreachable':
      return new Fault('UNREACHABLE', message, error);
    case 'fault':
      return Fault.from(error);
  }
}
