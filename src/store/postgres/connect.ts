import { setTimeout as sleep } from 'node:timers/promises';
import pg, { DatabaseError } from 'pg';
import { exitCode } from '../../exit-codes.js';
import { UserError } from '../../user-error.js';
import { connectionOptions, redactedAddress } from './address.js';
import { Session } from './session.js';

/** No database answers. */
export class NoDatabaseError extends UserError {
  override readonly exitCode = exitCode.noDatabase;
}

/** Refused connections for which waiting does not help: a wrong password, an unknown name. */
const permanentRejections: ReadonlySet<string> = new Set(['28P01', '28000', '3D000']);

/** The pause between attempts doubles from the first to the last. */
const PAUSE_MS = { first: 50, last: 1_000 };

/**
 * Runs a piece of work on a connection of its own, and retries while the database does not answer.
 *
 * @param waitMs how long to retry
 * @throws NoDatabaseError when it does not answer in time; UserError when it rejects the connection
 */
export async function withDatabase<T>(
  address: string,
  waitMs: number,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const client = await connect(address, waitMs);
  try {
    return await work(new Session(client));
  } finally {
    await client.end().catch(() => {});
  }
}

async function connect(address: string, waitMs: number): Promise<pg.Client> {
  const deadline = performance.now() + waitMs;
  for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(PAUSE_MS.last, pauseMs * 2)) {
    const client = newClient(address);
    client.on('error', () => {}); // the pending query is rejected, too
    try {
      await client.connect();
      return client;
    } catch (error) {
      client.end().catch(() => {});
      const reason = firstReason(error);
      if (error instanceof DatabaseError && permanentRejections.has(error.code ?? '')) {
        throw new UserError(`${redactedAddress(address)} rejected the connection: ${reason}`);
      }
      if (performance.now() + pauseMs > deadline) {
        const seconds = Math.round(waitMs / 1000);
        throw new NoDatabaseError(
          `no database answers at ${redactedAddress(address)} within ${seconds} s: ${reason}`,
        );
      }
    }
    await sleep(pauseMs);
  }
}

/** @throws UserError if a file that the address names, such as `sslrootcert`, cannot be read */
function newClient(address: string): pg.Client {
  try {
    return new pg.Client(connectionOptions(address));
  } catch (error) {
    throw new UserError(`DATABASE_URL cannot be used: ${firstReason(error)}`);
  }
}

/** A name with several addresses fails with one error for each; the first says enough. */
function firstReason(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { message, code } = first as NodeJS.ErrnoException;
  return (message || code || 'no answer').split('\n')[0] ?? '';
}
