import { expect } from 'vitest';
import { Recorder } from '../../../src/client/recorder.js';
import { anEvent } from '../../support/folder.js';
import { Load } from '../../support/load.js';
import { isRunning, kill, type TestServer } from '../../support/office.js';
import { type Ended, run, until } from '../../support/processes.js';
import { type FailingOffice, failingOffice } from '../failing.js';
import type { Round } from '../round.js';
import type { Row } from '../row.js';
import { sideBySide } from '../side-by-side.js';
import { expectSoldRight } from '../sold-right.js';
import type { Exact } from './killed-at-every-step.js';

export const events = { big: anEvent(1_000_000) };

const WORKERS = 2;
/** As short as the settings let them be. */
const STALE_MS = 2000;
const LOCK_TIMEOUT_MS = 2100;
const HEARTBEAT_TIMEOUT_MS = 2200;

/** Silence is looked for twice a second, and the last heartbeat may just have come. */
const ENDED_MS_MAX = HEARTBEAT_TIMEOUT_MS + 1500;
/** Until an orphan that goes on has heard that its primary is gone. */
const ORPHANED_MS_MAX = 2000;

export const impatient = ({ store, mode }: Exact): NodeJS.ProcessEnv => ({
  STORE: store,
  LOCK_MODE: mode,
  WORKERS: String(WORKERS),
  LOCK_STALE_MS: String(STALE_MS),
  LOCK_TIMEOUT_MS: String(LOCK_TIMEOUT_MS),
  HEARTBEAT_TIMEOUT_MS: String(HEARTBEAT_TIMEOUT_MS),
});

/** A worker that falls silent in its critical section. */
interface Silence {
  readonly each: Exact;
  /** Stopped, or so busy that its event loop does not turn. */
  readonly how: 'stop' | 'delay';
  readonly at: 'lockHeld' | 'loaded' | 'paused' | 'decided';
  /** The one of the workers, and how many times it passes there before. */
  readonly worker: number;
  readonly after: number;
}

/** All drawn at once, before anything begins: then the seed alone decides. */
const drawSilence = ({ random }: Round, each: Exact, how: Silence['how'] = 'stop'): Silence => ({
  each,
  how,
  at: random.pick(['lockHeld', 'loaded', 'paused', 'decided']),
  worker: random.whole(0, WORKERS - 1),
  after: random.whole(0, 20),
});

interface Silenced extends FailingOffice {
  readonly load: Load;
  /** The worker that is silent now. */
  readonly silent: number;
}

async function silence(round: Round, silence: Silence): Promise<Silenced> {
  const { each, how, at, worker, after } = silence;
  const failing = await failingOffice(round, { events, env: impatient(each) });
  const load = new Load(failing.office.url, 'big', 8, { keyed: each.store === 'ledger' });
  round.onEnd(() => load.stop());
  const silent = (await failing.office.workers())[worker]?.pid ?? 0;
  await failing.arm(silent, { at, how, after, ms: 60_000 });
  await failing.untilFailed(silent);
  return { ...failing, load, silent };
}

/**
 * Waits until the primary has ended a silent worker, and another one is in its place.
 *
 * @returns how long it took to end it, in milliseconds
 */
export async function untilReplaced(office: TestServer, silent: number): Promise<number> {
  const since = performance.now();
  await until('the silent worker is ended', () => !isRunning(silent), ENDED_MS_MAX);
  const tookMs = performance.now() - since;
  await office.untilAllLive(silent);
  const { restarts, lastExit } =
    (await office.workers()).find((worker) => worker.restarts > 0) ?? {};
  expect({ restarts, lastExit }).toMatchObject({ restarts: 1, lastExit: { signal: 'SIGKILL' } });
  return tookMs;
}

async function endStuck(round: Round, stuck: Silence): Promise<number> {
  const { office, load, silent } = await silence(round, stuck);
  const tookMs = await untilReplaced(office, silent);
  await untilSells(load);
  await load.stop();
  await expectSoldRight(office, load, stuck.each.store);
  return tookMs;
}

/** Whoever starts workers that die before they listen is told so, and nothing is tried for ever. */
export async function expectGivenUp(folder: string): Promise<Ended> {
  const env = { PORT: '0', DATA_DIR: folder, WORKERS: '2', LOG_LEVEL: 'silent' };
  const ended = await run('test/programs/dying-office', { env });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(
    /^Workers keep dying at start: 6 in a row, .*exit code 7\. Giving up\.\n$/,
  );
  return ended;
}

/**
 * A primary dies beside a worker that is stopped. Another office on the same folder sells. Then the
 * orphan goes on: it must end itself, and do no harm before.
 *
 * @param recorder what the first office told its buyers
 * @returns how long the orphan lived on, in milliseconds
 */
export async function takeOver(
  round: Round,
  first: TestServer,
  orphan: number,
  each: Exact,
  recorder = new Recorder(),
): Promise<number> {
  first.signal('SIGKILL');
  await first.exited;
  const second = await round.office({ folder: first.folder, env: impatient(each) });
  const load = new Load(second.url, 'big', 8, { recorder });
  round.onEnd(() => load.stop());
  // A kernel lock cannot be stolen: while its holder is stopped, buyers are told to come again.
  const refused = () => load.answers.some(({ status }) => status === 503);
  if (each.mode === 'kernel') await until('buyers are refused', refused);
  else await untilSells(load);

  const resumedAt = performance.now();
  kill(orphan, 'SIGCONT');
  await until('the orphan ends itself', () => !isRunning(orphan), ORPHANED_MS_MAX);
  const livedOnMs = performance.now() - resumedAt;
  await untilSells(load);
  await load.stop();
  await expectSoldRight(second, load, each.store);
  return livedOnMs;
}

async function orphan(round: Round, stopped: Silence): Promise<number> {
  const { office, load, silent } = await silence(round, stopped);
  round.onEnd(() => kill(silent));
  void load.stop(); // those whom the silent one accepted wait until it is gone
  return takeOver(round, office, silent, stopped.each, load.recorder);
}

function untilSells(load: Load): Promise<void> {
  const since = performance.now();
  const sells = () => load.sold.some(({ sentAt }) => sentAt > since);
  return until('tickets are sold again', sells, STALE_MS + 3000);
}

export const abandonedWorkers: Row = {
  number: 13,
  fault: 'a stuck worker; workers that die at start; a stopped worker without its primary',
  expected: 'ended by heartbeat, replaced; exit 1 and a clear line; holds, the orphan ends itself',
  async run(round) {
    const ledger = (mode: Exact['mode']): Exact => ({ store: 'ledger', mode });
    const json: Exact = { store: 'json', mode: 'kernel' };
    const stuck = [drawSilence(round, ledger('kernel')), drawSilence(round, json, 'delay')];
    const orphans = [drawSilence(round, ledger('off')), drawSilence(round, json)];
    if (round.whole) {
      stuck.push(drawSilence(round, ledger('file'), 'delay'));
      orphans.push(drawSilence(round, ledger('file')), drawSilence(round, ledger('kernel')));
      await expectGivenUp(round.folder(events));
    }
    // Side by side, because nearly all of it is waiting.
    const endedMs = await sideBySide(stuck.map((each) => endStuck(round, each)));
    const livedOnMs = await sideBySide(orphans.map((each) => orphan(round, each)));
    return [
      `${stuck.length} stuck, ended within ${Math.round(Math.max(...endedMs))} ms`,
      `${orphans.length} orphans, gone within ${Math.round(Math.max(...livedOnMs))} ms`,
    ].join('; ');
  },
};
