import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { UserError } from '../../user-error.js';
import type { BackgroundTask } from '../driver.js';
import { connectionOptions, redactedAddress } from './address.js';
import { withDatabase } from './connect.js';
import { Session } from './session.js';
import { acquireExclusive, acquireShared, announceMode, conflictingMode } from './sql/advisory.js';

/** How often a lost connection is made anew. */
const AGAIN_MS = 1_000;

/**
 * Says that an office sells from this database, with advisory locks on a connection of its own: a
 * reset keeps away meanwhile, and so does an office whose lock mode would not keep this one out.
 * They are gone with the connection, and taken again with the next.
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
   * @param exclusive whether this office's lock mode keeps others out
   * @throws UnusableError while the tickets are being reset, or are sold in another way
   */
  static async open(address: string, exclusive: boolean): Promise<AdvisoryLocks> {
    const presence = new AdvisoryLocks(address, exclusive);
    await presence.#connect();
    return presence;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(connectionOptions(this.#address));
    client.on('error', () => {}); // its end is what counts
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
    const [entered] = await session.rows<{ granted: boolean }>(acquireShared);
    if (!entered?.granted) {
      throw new UserError(
        `${redactedAddress(this.#address)} is being reset: try again when that is done`,
      );
    }
    // Said first, asked then: of two that come at once, at least one hears of the other.
    await session.rows(announceMode, [this.#exclusive]);
    const [other] = await session.rows<{ there: boolean }>(conflictingMode, [this.#exclusive]);
    if (!other?.there) return;
    const how = this.#exclusive ? 'LOCK_MODE=off' : 'a lock mode that keeps others out';
    throw new UserError(
      `${redactedAddress(this.#address)} is open with ${how}: start this office so, too, or take another database`,
    );
  }

  async #reconnect(): Promise<void> {
    while (!this.#closed) {
      await sleep(AGAIN_MS, undefined, { ref: false });
      const entered = await this.#connect().then(
        () => true,
        () => false,
      );
      if (entered) return;
    }
  }
}

/**
 * Runs a section while no office sells from this database, and none can begin to.
 *
 * @throws UnusableError when one does
 */
export function withExclusiveLock<T>(
  address: string,
  waitMs: number,
  section: (session: Session) => Promise<T>,
): Promise<T> {
  return withDatabase(address, waitMs, async (session) => {
    const [alone] = await session.rows<{ granted: boolean }>(acquireExclusive);
    if (!alone?.granted) {
      throw new UserError(`an office sells from ${redactedAddress(address)}: stop it first`);
    }
    return section(session);
  });
}
