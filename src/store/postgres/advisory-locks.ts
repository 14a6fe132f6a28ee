import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { UserError } from '../../user-error.js';
import type { BackgroundTask } from '../driver.js';
import { connectionOptions, redactedAddress } from './address.js';
import { withDatabase } from './connect.js';
import { Session } from './session.js';
import { acquireExclusive, acquireShared, announceMode, conflictingMode } from './sql/advisory.js';

const RECONNECT_MS = 1_000;

/**
 * Announces to other servers, with advisory locks on a connection of its own, that this server sells
 * from the database: a reset is refused meanwhile, and so is a server whose lock mode would not
 * exclude this one. The locks are lost with the connection, and taken again on the next one.
 */
export class AdvisoryLocks implements BackgroundTask {
  readonly #address: string;
  readonly #exclusive: boolean;
  #client: pg.Client | undefined;
  #closed = false;

  private constructor(address: string, exclusive: boolean) {
    this.#address = address;
    this.#exclusive = exclusive;
  }

  /**
   * @param exclusive whether this server's lock mode keeps batches apart
   * @throws UserError while the tickets are being reset, or are sold with a conflicting mode
   */
  static async open(address: string, exclusive: boolean): Promise<AdvisoryLocks> {
    const locks = new AdvisoryLocks(address, exclusive);
    await locks.#connect();
    return locks;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(connectionOptions(this.#address));
    client.on('error', () => {}); // the `end` event that follows is what matters
    try {
      await client.connect();
      await this.#announce(new Session(client));
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
    client.once('end', () => void this.#reconnect());
    if (this.#closed) await client.end().catch(() => {});
  }

  async #announce(session: Session): Promise<void> {
    const [shared] = await session.rows<{ granted: boolean }>(acquireShared);
    if (!shared?.granted) {
      throw new UserError(
        `${redactedAddress(this.#address)} is being reset: try again when that is done`,
      );
    }
    // Announce first, then check: of two servers that start at once, at least one sees the other.
    await session.rows(announceMode, [this.#exclusive]);
    const [conflict] = await session.rows<{ exists: boolean }>(conflictingMode, [this.#exclusive]);
    if (!conflict?.exists) return;
    const mode = this.#exclusive ? 'LOCK_MODE=off' : 'a lock mode that keeps batches apart';
    throw new UserError(
      `${redactedAddress(this.#address)} is open with ${mode}: start with the same, or choose another database`,
    );
  }

  async #reconnect(): Promise<void> {
    while (!this.#closed) {
      await sleep(RECONNECT_MS, undefined, { ref: false });
      const connected = await this.#connect().then(
        () => true,
        () => false,
      );
      if (connected) return;
    }
  }
}

/**
 * Runs a section while no server sells from this database, and none can start to.
 *
 * @throws UserError when one does
 */
export function withExclusiveLock<T>(
  address: string,
  waitMs: number,
  section: (session: Session) => Promise<T>,
): Promise<T> {
  return withDatabase(address, waitMs, async (session) => {
    const [lock] = await session.rows<{ granted: boolean }>(acquireExclusive);
    if (!lock?.granted) {
      throw new UserError(`a server sells from ${redactedAddress(address)}: stop it first`);
    }
    return section(session);
  });
}
