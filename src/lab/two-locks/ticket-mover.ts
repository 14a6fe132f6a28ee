import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lock, LockTimeoutError } from '../../lock/lock-mode.js';
import { type LockModeName, locks } from '../../lock/registry.js';
import { replaceFile } from '../../store/shared/files.js';
import { onParentExit, sendToParent } from '../child-process.js';
import { traceFolder } from '../sandbox-folder.js';
import type { RecordedStep, TracedName } from '../trace.js';
import { TraceRecorder } from '../trace-recorder.js';
import { type EventName, eventIn, lockedIn } from './locks-folder.js';

/** What a mover is started with. */
export interface MoverSettings {
  readonly folder: string;
  readonly lockMode: LockModeName;
  /** The locks that it acquires, in this order. */
  readonly order: readonly [EventName, EventName];
  /** How long it works under the first lock before it wants the second. */
  readonly windowMs: number;
  /** How long it waits for a lock. */
  readonly lockMsMax: number;
}

/** When a lease counts as stale: later than the end of a run, so that no lock is taken over. */
const STALE_MS = 60_000;

/**
 * Moves a ticket from the east to the west, under the locks of both events: `SETTINGS`, as JSON. It begins
 * when its parent sends a message. If it does not get a lock in time, it releases what it has, and gives up.
 */
const { folder, lockMode, order, windowMs, lockMsMax } = JSON.parse(
  process.argv[2] ?? '{}',
) as MoverSettings;
onParentExit(() => process.exit());

const trace = new TraceRecorder(traceFolder(folder));
const emit = (name: TracedName, detail: Partial<RecordedStep> = {}): void =>
  trace.onStep({ ...detail, name, batch: 1, at: performance.now() });

const openLock = (name: EventName): Promise<Lock> => {
  const path = lockedIn(folder, name);
  return locks[lockMode].open({ path, recordPath: path, staleMs: STALE_MS, onWarning() {} });
};
const [outer, inner] = await Promise.all(order.map(openLock));

/** Runs a section under a lock, and traces the wait for it. */
function withLock<T>(lock: Lock | undefined, section: () => Promise<T>): Promise<T | undefined> {
  emit('lockWanted');
  const held = () => {
    emit('lockHeld');
    return section();
  };
  return Promise.resolve(lock?.run(held, performance.now() + lockMsMax)).catch((error) => {
    if (!(error instanceof LockTimeoutError)) throw error;
    emit('lockRejected');
    return undefined;
  });
}

const ticketsIn = async (name: EventName): Promise<number> =>
  Number(await readFile(eventIn(folder, name), 'utf8'));
const store = (name: EventName, tickets: number): Promise<void> =>
  replaceFile(eventIn(folder, name), `${tickets}\n`, false, () => {});

async function move(): Promise<RecordedStep['results']> {
  const [east, west] = [await ticketsIn('east'), await ticketsIn('west')];
  emit('loaded', { version: west });
  emit('decided');
  await store('east', east - 1);
  await store('west', west + 1);
  emit('replaced', { version: west + 1 });
  return [{ kind: 'changed', before: east, remaining: east - 1 }];
}

const begin = once(process, 'message');
await sendToParent({ type: 'ready' });
await begin;
const results = await withLock(outer, async () => {
  await sleep(windowMs);
  emit('paused');
  return withLock(inner, move);
});
emit('lockReleased');
emit('answered', { results: results ?? [] });
await Promise.all([outer?.close(), inner?.close()]);
process.exit();
