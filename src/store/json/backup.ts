import { readFileSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LockTimeoutError } from '../../lock/lock-mode.js';
import { locks } from '../../lock/registry.js';
import { UserError } from '../../user-error.js';
import { Tally } from '../../verdict/tally.js';
import { readPrefix } from '../backup/folder.js';
import {
  type BackupEntry,
  type BackupOptions,
  entryOf,
  type Snapshot,
} from '../backup/snapshot.js';
import { withSharedFolderLock } from '../shared/folder-lock.js';
import { ifExists } from '../shared/if-exists.js';
import { LineReader } from '../shared/line-reader.js';
import { readOwnFile } from '../shared/private-file.js';
import { parseTickets } from '../shared/tickets-json.js';
import { findDamage, rejectLostTickets } from './damage.js';
import { countReceipt } from './history.js';
import { receiptsIn, ticketsIn } from './paths.js';

/**
 * The files that a backup may have besides. Without the key, the codes of tickets would be others. The outbox
 * is read before the receipts: what it names as delivered is in there.
 */
const otherFiles = ['ticket.key', 'outbox.json', 'tickets.seed.json'];

/** The tickets, and how many bytes of receipts belong to them. */
interface Moment {
  readonly tickets: Buffer;
  readonly receiptsEnd: number;
}

/**
 * Passes on the files of a folder as they were at one moment. Tickets and receipts are two files, and
 * a copy of one that is older than the other would sell tickets again. So the lock that the servers
 * take is held while both are looked at, which takes a moment; the receipts, which only grow, are
 * copied after that.
 *
 * @throws DamagedFolderError without tickets; other damage makes its verdict broken
 */
export async function withSnapshot<T>(
  folder: string,
  options: BackupOptions,
  use: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  await rejectLostTickets(folder);
  const receipts = await ifExists(open(receiptsIn(folder), 'r+'));
  try {
    // Before: with LOCK_MODE=off nothing keeps the servers away.
    const others = await Promise.all(
      otherFiles.map(async (name) => ({ name, content: await readOwnFile(join(folder, name)) })),
    );
    const { tickets, receiptsEnd } = await readMoment(folder, options);
    if (receipts === undefined && receiptsEnd > 0) {
      throw new UserError(`the first ticket of ${folder} was just sold: try again`);
    }
    await receipts?.datasync(); // nothing that a power cut could still take
    const state = parseTickets(ticketsIn(folder), tickets);
    const history = {
      ...(await countUpTo(receipts, receiptsEnd)).toHistory(state, true),
      damage: await findDamage(folder, state.version),
    };
    const entries: BackupEntry[] = [entryOf('tickets.json', tickets)];
    if (receipts !== undefined) {
      const chunks = readPrefix(receipts, receiptsEnd);
      entries.push({ name: 'receipts.jsonl', bytes: receiptsEnd, chunks });
    }
    for (const { name, content } of others) {
      if (content !== undefined) entries.push(entryOf(name, content));
    }
    return await use({ history, entries });
  } finally {
    await receipts?.close();
  }
}

function readMoment(folder: string, options: BackupOptions): Promise<Moment> {
  const read = (): Moment => ({
    tickets: readFileSync(ticketsIn(folder)),
    receiptsEnd: statSync(receiptsIn(folder), { throwIfNoEntry: false })?.size ?? 0,
  });
  return withSharedFolderLock(folder, async (requiredSettings) => {
    if (requiredSettings === undefined) return read(); // no server has it open, and none can
    const settings = parseAssignments(requiredSettings);
    const mode = Object.entries(locks).find(([name]) => name === settings.get('LOCK_MODE'))?.[1];
    if (mode?.scope !== 'host') return readUndisturbed(read, folder);
    const lock = await mode.open({
      path: ticketsIn(folder),
      recordPath: receiptsIn(folder),
      staleMs: Number(settings.get('LOCK_STALE_MS') ?? options.lockStaleMs),
      onWarning: () => {},
    });
    try {
      return await lock.run(async () => read(), performance.now() + options.lockTimeoutMs);
    } catch (error) {
      if (!(error instanceof LockTimeoutError)) throw error;
      throw new UserError(
        `the lock on ${folder} was not granted within ${options.lockTimeoutMs} ms: try again`,
      );
    } finally {
      await lock.close();
    }
  });
}

/** How often, and how long, to look for a pause between two sales. */
const PAUSES = { attempts: 50, ms: 20 };

/** Without a lock between the servers: waits for a pause in which neither file changes. */
async function readUndisturbed(read: () => Moment, folder: string): Promise<Moment> {
  for (let attempt = 0; attempt < PAUSES.attempts; attempt++) {
    const before = read();
    await sleep(PAUSES.ms);
    const after = read();
    if (before.tickets.equals(after.tickets) && before.receiptsEnd === after.receiptsEnd) {
      return after;
    }
  }
  throw new UserError(
    `${folder} is sold from without a lock, and without a pause: stop the server, or start it with LOCK_MODE=file`,
  );
}

/** `STORE=json LOCK_MODE=file` as a map. */
const parseAssignments = (text: string): ReadonlyMap<string, string> =>
  new Map(text.split(/\s+/).map((word) => word.split('=', 2) as [string, string]));

async function countUpTo(receipts: FileHandle | undefined, end: number): Promise<Tally> {
  const tally = new Tally();
  if (receipts === undefined) return tally;
  await new LineReader(receipts).readNewLines((line) => countReceipt(tally, line), end);
  return tally;
}
