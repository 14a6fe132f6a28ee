import type { LockRegistry } from '../../src/lock/registry.js';
import type { StoreDriver } from '../../src/store/driver.js';
import type { Row } from '../row.js';

/** What somebody would take instead of this office's stores, behind the same office. */
export interface Peer {
  /** As the table names it. */
  readonly name: string;
  /** How it is set up, and what it keeps, in a line for people. */
  readonly about: string;
  /** Whether a sale that a buyer was told of survives a power cut. */
  readonly durable: boolean;
  readonly kind: StoreDriver;
  readonly settings: Row['settings'];
  /** The lock modes of a peer that needs other ones. */
  readonly locks?: Partial<LockRegistry>;
  readonly server?: Row['server'];
  /** The package that must have been installed for it. */
  readonly package?: string;
}

/** What differs from peer to peer; the rest is the same for all. */
type Own = Pick<StoreDriver, 'about' | 'guardedFile' | 'prepare' | 'open' | 'history'>;

/** A peer's store, as the office's registry holds stores. */
export const peerKind = (own: Own): StoreDriver => ({
  storedIn: 'folder',
  needsLock: true, // so a buy is sold by itself: a transaction of its own
  mixesLockModes: false,
  lockModeDefault: 'off',
  ...own,
});

/** What was read is durable already, and what a database committed, too. */
export const nothingToWaitFor = Promise.resolve();
