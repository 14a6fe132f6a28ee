import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LockModeName, locks } from '../../lock/registry.js';
import { replaceFile } from '../../store/shared/files.js';
import type { QueueVerb } from '../../timeline/verbs.js';
import { onParentExit, sendToParent } from '../child-process.js';
import { injectFault } from '../inject-fault.js';
import { traceFolder } from '../sandbox-folder.js';
import type { RecordedStep, TracedName } from '../trace.js';
import { TraceRecorder } from '../trace-recorder.js';
import { cursorIn, queueIn } from './queue-folder.js';

/** What a consumer is started with. */
export interface ConsumerSettings {
  readonly folder: string;
  /** Where messages are sent. */
  readonly url: string;
  readonly lockMode: LockModeName;
  readonly windowMs: number;
  /** `deliver` sends a message, and then moves the cursor. `claim` moves the cursor first. */
  readonly verb: QueueVerb;
  /** Whether the first consumer dies between the two. */
  readonly dies: boolean;
}

/** How long a consumer waits for the lock. */
const LOCK_MS_MAX = 20_000;

/** When a lease counts as stale. */
const STALE_MS = 2_000;

/**
 * Consumes a queue until it is empty: `SETTINGS`, as JSON. It reads the cursor, sends the message behind it,
 * and moves the cursor. It begins when its parent sends a message.
 */
const settings = JSON.parse(process.argv[2] ?? '{}') as ConsumerSettings;
const { folder, url, lockMode, windowMs, verb, dies } = settings;
onParentExit(() => process.exit());

const trace = new TraceRecorder(traceFolder(folder));
const die = injectFault('kill', verb === 'deliver' ? 'sent' : 'replaced', folder, trace);
const lock = await locks[lockMode].open({
  path: cursorIn(folder),
  recordPath: queueIn(folder),
  staleMs: STALE_MS,
  onWarning() {},
});
const messages = (await readFile(queueIn(folder), 'utf8')).trimEnd().split('\n');
await fetch(url); // the first request is slow, and not the lesson

let batch = 0;
function emit(name: TracedName, detail: Partial<RecordedStep> = {}): void {
  const step = { ...detail, name, batch, at: performance.now() };
  trace.onStep(step);
  if (dies) die(step);
}

async function send(message: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: message });
  await answer.arrayBuffer();
  emit('sent');
}

async function moveCursor(to: number): Promise<void> {
  await replaceFile(cursorIn(folder), `${to}\n`, false, () => lock.assertHeld());
  emit('replaced', { version: to });
}

/** @returns how many messages were left; 0 if there was none */
async function consumeOne(): Promise<number> {
  emit('lockHeld');
  const cursor = Number(await readFile(cursorIn(folder), 'utf8'));
  emit('loaded', { version: cursor });
  const message = messages[cursor];
  if (message === undefined) return 0;
  await sleep(windowMs);
  emit('paused');
  emit('decided');
  if (verb === 'deliver') {
    await send(message);
    await moveCursor(cursor + 1);
  } else {
    await moveCursor(cursor + 1);
    await send(message);
  }
  return messages.length - cursor;
}

const begin = once(process, 'message');
await sendToParent({ type: 'ready' });
await begin;
for (let before = messages.length; before > 0; ) {
  batch++;
  emit('lockWanted');
  before = await lock.run(consumeOne, performance.now() + LOCK_MS_MAX);
  emit('lockReleased');
  const done = { kind: 'changed', before, remaining: before - 1 } as const;
  emit('answered', { results: before === 0 ? [] : [done] });
}
await lock.close();
process.exit();
