import { join, resolve } from 'node:path';
import { eventOf } from '../booking/inventory.js';
import type { Result } from '../booking/outcomes.js';
import type { Store } from '../booking/store.js';
import { readSettings, type Settings } from '../settings.js';
import { stores } from '../store/registry.js';
import { exists } from '../store/shared/files.js';
import { storeOfFolder } from '../store/shared/folder.js';
import {
  FolderBusyError,
  restoringIn,
  withExclusiveFolderLock,
} from '../store/shared/folder-lock.js';
import { UserError } from '../user-error.js';
import type { EditResult, EventEditor } from './event-editor.js';
import { locateStore, openForReading } from './locate-store.js';

/** Reads the events of a folder or a database, also while servers sell. */
export async function readEvents<T>(use: (editor: EventEditor) => Promise<T>): Promise<T> {
  const settings = readSettings();
  const store = await openForReading(await locateStore(settings), settings);
  return useAndClose(store, use);
}

/**
 * Edits the events of a folder that no server has open, as a server does: with the folder's lock, and
 * through its store.
 *
 * @throws UserError when a server has the folder open
 */
export async function editFolder<T>(use: (editor: EventEditor) => Promise<T>): Promise<T> {
  const settings = readSettings();
  if (stores[settings.STORE].storedIn === 'database') {
    throw new UserError('events of a database are edited on a server: name it with --url');
  }
  const folder = resolve(settings.DATA_DIR);
  const files = ['tickets.json', 'tickets.seed.json'].map((name) => exists(join(folder, name)));
  if (!(await Promise.all(files)).includes(true)) {
    throw new UserError(`${folder} contains no tickets`); // a lock would create the folder
  }
  const edit = async () => useAndClose(await openForEditing(folder, settings), use);
  return withExclusiveFolderLock(folder, edit).catch((error) => {
    if (!(error instanceof FolderBusyError)) throw error;
    throw new FolderBusyError(`${error.message}, or name it with --url`);
  });
}

async function openForEditing(folder: string, settings: Settings): Promise<Store> {
  if (await exists(restoringIn(folder))) {
    throw new UserError(
      `a restore into ${folder} did not finish: run npm run restore -- FILE --replace again`,
    );
  }
  const driver = stores[(await storeOfFolder(folder)) ?? settings.STORE];
  const { ORDER_SECRET: orderSecret, DATABASE_WAIT_S } = settings;
  const options = { exclusive: true, ...(orderSecret !== undefined && { orderSecret }) };
  await driver.prepare(folder, { ...options, seeds: folder, waitMs: DATABASE_WAIT_S * 1000 });
  return driver.open({
    ...options,
    location: folder,
    durable: true,
    raceWindowMs: 0,
    lockTimeoutMs: settings.LOCK_TIMEOUT_MS,
    lockStaleMs: settings.LOCK_STALE_MS,
    lockMode: driver.lockModeDefault,
    emit: () => {},
    onFault(fault) {
      throw fault;
    },
  });
}

async function useAndClose<T>(store: Store, use: (editor: EventEditor) => Promise<T>): Promise<T> {
  try {
    return await use(editorOf(store));
  } finally {
    await store.close();
  }
}

const editorOf = (store: Store): EventEditor => ({
  async list() {
    const { events } = (await store.search()).state;
    return Object.entries(events)
      .map(([id, event]) => ({ id, ...event }))
      .sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt) || (a.id < b.id ? -1 : 1));
  },
  async find(id) {
    const event = eventOf((await store.search()).state, id);
    return event && { id, ...event };
  },
  async edit(command) {
    const { results, durable } = await store.sell([command]);
    await durable;
    const [result] = results;
    if (result === undefined) throw new Error('the edit has no result');
    return editResultOf(result);
  },
});

function editResultOf(result: Result): EditResult {
  switch (result.kind) {
    case 'saved':
      return { kind: 'saved', revision: result.event.revision };
    case 'removed':
    case 'unknownEvent':
    case 'eventInUse':
    case 'revisionMismatch':
    case 'capacityTooSmall':
      return result;
    default:
      throw new Error(`an edit was answered with ${result.kind}`);
  }
}
