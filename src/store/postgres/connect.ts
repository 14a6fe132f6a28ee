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

/** Refusals that no waiting mends: a password, a name. */
const refusals: ReadonlySet<string> = new Set(['28P01', '28000', '3D000']);

/** Pauses between attempts, doubled each time from the first to the last. */
const PAUSE_MS = { first: 50, last: 1_000 };

/**
 * Runs a piece of work over a connection of its own. A database that does not answer is tried again.
 *
 * @param waitMs how long it is tried
 * @throws NoDatabaseError when it does not answer in time; UnusableError when it refuses us
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
    const client = new pg.Client(connectionOptions(address));
    client.on('error', () => {}); // whoever uses it is told
    try {
      await client.connect();
      return client;
    } catch (error) {
      client.end().catch(() => {});
      const why = firstReason(error);
      if (error instanceof DatabaseError && refusals.has(error.code ?? '')) {
        throw new UserError(`${redactedAddress(address)} refuses us: ${why}`);
      }
      if (performance.now() + pauseMs > deadline) {
        const within = `within ${Math.round(waitMs / 1000)} s`;
        throw new NoDatabaseError(
          `no database answers at ${redactedAddress(address)} ${within}: ${why}`,
        );
      }
    }
    await sleep(pauseMs);
  }
}

/** Of a name with several addresses, each was tried; the first says enough. */
function firstReason(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { message, code } = first as NodeJS.ErrnoException;
  return (message || code || 'no answer').split('\n')[0] ?? '';
}
