import { randomBytes } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { type FileHandle, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isSameFile, statName } from '../lock/same-file.js';
import { createFile, createFolder, exists, replaceFile } from '../store/shared/files.js';
import { ifExists } from '../store/shared/if-exists.js';
import { readOwnFile } from '../store/shared/private-file.js';
import { tryLockFile } from '../store/shared/try-lock-file.js';
import { UserError } from '../user-error.js';
import {
  type AcquiredOutbox,
  type MessageSource,
  type OutboxBackend,
  OutboxLostError,
} from './backend.js';
import { type Cursor, newProgress, type Progress, progress } from './progress.js';
import { OutboxRequests, type RequestStore } from './requests.js';

const progressIn = (folder: string): string => join(folder, 'outbox.json');
const lockIn = (folder: string): string => join(folder, 'outbox.lock');
const requestsIn = (folder: string): string => join(folder, 'outbox.requests');

export interface FolderBackendOptions {
  readonly folder: string;
  /** The end of the log of this folder. */
  readonly endOfLog: () => Promise<Cursor>;
  readonly openSource: (cursor: Cursor) => Promise<MessageSource>;
}

/**
 * The outbox of a folder: `outbox.json` is the progress, `outbox.requests` has a file for each request,
 * and the kernel's lock on `outbox.lock` says who follows the log.
 */
export class FolderBackend implements OutboxBackend {
  readonly requests: OutboxRequests;
  readonly #options: FolderBackendOptions;

  constructor(options: FolderBackendOptions) {
    this.#options = options;
    this.requests = new OutboxRequests(new FolderRequests(requestsIn(options.folder)));
  }

  async create(): Promise<void> {
    const { folder, endOfLog } = this.#options;
    await createFolder(requestsIn(folder));
    if (await exists(progressIn(folder))) return;
    await createFile(progressIn(folder), print(newProgress(await endOfLog())));
  }

  async acquire(): Promise<AcquiredOutbox | undefined> {
    const lock = await tryLockFile(lockIn(this.#options.folder));
    return lock && new AcquiredFolder(this.#options, lock, this.requests);
  }

  read(): Promise<Progress | undefined> {
    return readProgress(this.#options.folder);
  }

  async close(): Promise<void> {}
}

class AcquiredFolder implements AcquiredOutbox {
  readonly requests: OutboxRequests;
  readonly #options: FolderBackendOptions;
  readonly #lock: FileHandle;

  constructor(options: FolderBackendOptions, lock: FileHandle, requests: OutboxRequests) {
    this.#options = options;
    this.#lock = lock;
    this.requests = requests;
  }

  async load(): Promise<Progress> {
    const { folder } = this.#options;
    this.#assertHeld();
    const found = await readProgress(folder);
    if (found !== undefined) return found;
    throw new UserError(`${progressIn(folder)} is gone: restore it, or start again without it`);
  }

  openSource({ cursor }: Progress): Promise<MessageSource> {
    return this.#options.openSource(cursor ?? { offset: 0 });
  }

  async save(saved: Progress): Promise<void> {
    await replaceFile(progressIn(this.#options.folder), print(saved), true, () =>
      this.#assertHeld(),
    );
  }

  close(): Promise<void> {
    return this.#lock.close();
  }

  /** A lock on a file that lost its name keeps no process out. @throws OutboxLostError */
  #assertHeld(): void {
    const path = lockIn(this.#options.folder);
    if (isSameFile(statName(path), fstatSync(this.#lock.fd))) return;
    throw new OutboxLostError(`${path} was removed or replaced`);
  }
}

const print = (saved: Progress): string => `${JSON.stringify(saved)}\n`;

/** @throws UserError when the file is damaged */
async function readProgress(folder: string): Promise<Progress | undefined> {
  const bytes = await readOwnFile(progressIn(folder));
  if (bytes === undefined) return undefined;
  const found = progress.safeParse(parseJson(bytes)).data;
  if (found !== undefined) return found;
  throw new UserError(
    `${progressIn(folder)} is damaged: restore it from a backup, or remove it; then nothing that was sold before the next start is delivered`,
  );
}

/** Each request is a file. */
class FolderRequests implements RequestStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async add(request: object, max: number): Promise<string | undefined> {
    if ((await this.#names()).length >= max) return undefined;
    // In the order of time: names are read in their order.
    const name = `${Date.now()}-${randomBytes(6).toString('hex')}.json`;
    await createFile(join(this.#folder, name), `${JSON.stringify(request)}\n`);
    return name;
  }

  has(name: string): Promise<boolean> {
    return exists(join(this.#folder, name));
  }

  async oldest(max: number): Promise<readonly { name: string; request: unknown }[]> {
    const found: { name: string; request: unknown }[] = [];
    for (const name of (await this.#names()).sort().slice(0, max)) {
      const bytes = await readOwnFile(join(this.#folder, name));
      if (bytes !== undefined) found.push({ name, request: parseJson(bytes) });
    }
    return found;
  }

  async remove(name: string): Promise<void> {
    await ifExists(unlink(join(this.#folder, name)));
  }

  async #names(): Promise<string[]> {
    const names = (await ifExists(readdir(this.#folder))) ?? [];
    return names.filter((name) => name.endsWith('.json'));
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
