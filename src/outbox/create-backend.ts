import type { StoreName } from '../store/registry.js';
import type { OutboxBackend } from './backend.js';
import { FolderBackend } from './folder-backend.js';

export interface BackendOptions {
  readonly store: StoreName;
  /** A folder, or the URL of a database. */
  readonly location: string;
  /** Whether messages wait for a sync, as buyers do. */
  readonly durable: boolean;
  /** The key of the order ids of a ledger, unless it is in the folder. */
  readonly orderSecret?: string | undefined;
}

/** Each loads its store on first use. */
const backends: Readonly<Record<StoreName, (options: BackendOptions) => Promise<OutboxBackend>>> = {
  async json({ location: folder, durable }) {
    const { endOfReceipts, openJsonSource } = await import('./json-source.js');
    return new FolderBackend({
      folder,
      endOfLog: () => endOfReceipts(folder),
      openSource: (cursor) => openJsonSource(folder, cursor, durable),
    });
  },
  async ledger({ location: folder, durable, orderSecret }) {
    const { endOfLedger, openLedgerSource } = await import('./ledger-source.js');
    return new FolderBackend({
      folder,
      endOfLog: () => endOfLedger(folder),
      openSource: (cursor) => openLedgerSource(folder, cursor, { durable, orderSecret }),
    });
  },
  async postgres({ location }) {
    const { PostgresBackend } = await import('./postgres-backend.js');
    return new PostgresBackend(location);
  },
};

/** Where the outbox of a store keeps its progress, and how it reads what was committed. */
export const createBackend = (options: BackendOptions): Promise<OutboxBackend> =>
  backends[options.store](options);
