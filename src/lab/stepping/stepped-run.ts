import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { stores } from '../../store/registry.js';
import type { SteppedAction, SteppedStatus } from '../../timeline/stepped-run.js';
import { judge, type Verdict } from '../../verdict/judge.js';
import { type LifecycleViolation, lifecycleViolations } from '../../verdict/lifecycle.js';
import { programPath } from '../child-process.js';
import { whyBroken } from '../judge-run.js';
import { createFolderWith, removeAbandonedFolders } from '../sandbox-folder.js';
import { buyFor, type LevelCommand, prepareCommands } from './level-commands.js';
import { onlyStep } from './levels.js';
import type { RunReply } from './messages.js';
import type { SteppedPlan } from './plan-stepped.js';
import { SellerHandle } from './seller-handle.js';

/** The event of a run; in a level with several locks, there is one for each lock. */
const EVENT_ID = 'gala';

/** The processes of a run, by name. */
const names = ['A', 'B'];

/** On a busy machine every process takes seconds to start. */
const START_MS_MAX = 60_000;

/** No other process has the folder while it is prepared. */
const PREPARE_MS_MAX = 10_000;

/** How long a reply waits for a step to end; after that it says `running`. A server waits 2 s for it. */
const STEP_MS_MAX = 1_400;

/** How long a reply waits for a lock that another process holds. */
const HELD_LOCK_MS = 250;

/** When a lease is stale: soon where a learner may stop its holder, and otherwise not on a busy machine. */
const STALE_MS = { stoppable: 3_000, otherwise: 30_000 };

/** The end of a long file that a status shows, in characters. */
const FILE_TEXT_MAX = 4_000;

/** The steps that one run may make. */
const STEPS_MAX = 1_000;

/** What to do for the runs that are still open when this process exits. */
const onExit = new Set<() => void>();
process.on('exit', () => {
  for (const close of onExit) close();
});

export interface SteppedRunOptions {
  readonly id: string;
  readonly plan: SteppedPlan;
  /** The path of the program of its processes. */
  readonly program?: string;
}

/**
 * A run that a learner steps: a folder, and real processes that sell from it, each held before every step
 * until the learner lets it go on. It has one owner, who closes it.
 */
export class SteppedRun {
  readonly #id: string;
  readonly #plan: SteppedPlan;
  readonly #folder: string;
  readonly #sellers: readonly SellerHandle[];
  #steps = 0;
  #stepping = false;
  #reached = false;
  #gaveUp = false;

  private constructor(
    { id, plan, program }: SteppedRunOptions,
    folder: string,
    commands: readonly LevelCommand[],
  ) {
    this.#id = id;
    this.#plan = plan;
    this.#folder = folder;
    const path = program ?? programPath('lab/stepping/seller-process');
    const { store, lockMode, locks, actions = onlyStep } = plan;
    const staleMs = actions.includes('stop') ? STALE_MS.stoppable : STALE_MS.otherwise;
    this.#sellers = names.map((name, index) => {
      const task = { folder, store, lockMode, staleMs };
      const own = locks?.[index];
      if (own !== undefined) {
        const commands = [...new Set(own)].map((eventId) => buyFor(`buyer of ${name}`, eventId));
        return new SellerHandle(name, path, { ...task, commands, locks: own });
      }
      const { command, ...clock } = commands[index] as LevelCommand;
      return new SellerHandle(name, path, { ...task, commands: [command], ...clock });
    });
  }

  /**
   * Starts its processes, and resolves when each is held before its first step.
   *
   * @throws Error if one of them does not start
   */
  static async open(options: SteppedRunOptions): Promise<SteppedRun> {
    const { plan } = options;
    await removeAbandonedFolders();
    const events = plan.locks === undefined ? [EVENT_ID] : plan.locks.flat();
    const folder = createFolderWith(Object.fromEntries(events.map((id) => [id, plan.capacity])));
    const remove = () => removeFolder(folder);
    onExit.add(remove);
    let run: SteppedRun | undefined;
    try {
      await stores[plan.store].prepare(folder);
      run = new SteppedRun(options, folder, await prepareIn(folder, plan));
      onExit.add(run.close);
      onExit.delete(remove);
      const startBy = performance.now() + START_MS_MAX;
      for (const seller of run.#sellers) {
        await seller.until(() => seller.held || seller.ended, startBy);
        if (!seller.held) throw new Error(`process ${seller.name} did not start`);
      }
      return run;
    } catch (error) {
      onExit.delete(remove);
      if (run === undefined) remove();
      else run.close();
      throw error;
    }
  }

  /** Whether every process has ended, so that nothing more can happen. */
  get over(): boolean {
    return this.#sellers.every(({ ended }) => ended);
  }

  /** Lets one process make one step, or stops, continues or kills it. */
  async step(pid: number, action: SteppedAction): Promise<RunReply> {
    const seller = this.#sellers.find((each) => each.pid === pid);
    if (seller === undefined) {
      const pids = this.#sellers.map((each) => each.pid).join(' or ');
      return { kind: 'invalid', why: `pid is ${pid}: it takes ${pids}` };
    }
    if (this.#stepping) return { kind: 'impossible', why: 'Another step is under way' };
    const why = this.#whyImpossible(seller, action);
    if (why !== undefined) return { kind: 'impossible', why };
    this.#stepping = true;
    try {
      this.#steps++;
      await this.#act(seller, action);
    } finally {
      this.#stepping = false;
    }
    return { kind: 'status', status: await this.status() };
  }

  /** The learner ends the run: its status then contains the lesson. */
  giveUp(): void {
    this.#gaveUp = true;
  }

  async status(): Promise<SteppedStatus> {
    const { level, variant, title, goal, store, lockMode, capacity, lesson, solution } = this.#plan;
    const { actions = onlyStep } = this.#plan;
    const verdict = judge(await stores[store].history(this.#folder));
    const processes = this.#sellers.map((seller) => seller.status());
    const holderKilled = this.#sellers.some((seller) => seller.killedHolding);
    this.#reached ||= this.#plan.reached({ verdict, processes, holderKilled });
    const { sold, remaining } = totalOf(verdict);
    const ended = this.#gaveUp || this.over;
    return {
      id: this.#id,
      state: this.#gaveUp ? 'stopped' : this.over ? 'done' : 'running',
      title,
      ...(level === undefined ? {} : { level }),
      ...(variant === undefined ? {} : { variant }),
      setting: { store, lockMode, capacity },
      actions,
      processes,
      file: { ...(await this.#readFile()), remaining },
      toldSold: sold,
      goal: { text: goal, reached: this.#reached },
      verdict: { ruling: verdict.verdict, because: this.#because(verdict) },
      ...(ended || this.#reached ? { lesson } : {}),
      ...(ended && !this.#reached && solution !== undefined ? { solution } : {}),
    };
  }

  /** Kills its processes, also stopped ones, and removes its folder. */
  readonly close = (): void => {
    onExit.delete(this.close);
    for (const seller of this.#sellers) seller.kill();
    removeFolder(this.#folder);
  };

  #whyImpossible(seller: SellerHandle, action: SteppedAction): string | undefined {
    const { name, stopped, ended, waitingFor } = seller;
    if (this.#steps >= STEPS_MAX) return `The run has made ${STEPS_MAX} steps: end it`;
    if (ended) return `${name} has ended`;
    const { actions = onlyStep } = this.#plan;
    if (!actions.includes(action)) {
      return `This level has no ${action}: it takes ${actions.join(', ')}`;
    }
    if (action === 'kill') return undefined;
    if (action === 'stop') return stopped ? `${name} is stopped already` : undefined;
    if (action === 'continue') return stopped ? undefined : `${name} is not stopped`;
    if (stopped) return `${name} is stopped: continue it, or kill it`;
    if (waitingFor !== undefined) return `${name} waits for ${waitingFor}`;
    return seller.held ? undefined : `${name} is still making its step`;
  }

  async #act(seller: SellerHandle, action: SteppedAction): Promise<void> {
    const deadline = performance.now() + STEP_MS_MAX;
    const others = this.#sellers.filter((each) => each !== seller && !each.stopped);
    const waiting = others.filter(({ waitingFor = '' }) => seller.holds(waitingFor));
    switch (action) {
      case 'stop':
        return seller.stop();
      case 'continue':
        return seller.continue();
      case 'kill':
        seller.kill();
        await seller.until(() => seller.ended, deadline);
        break;
      case 'step':
        seller.go();
        await this.#untilSettled(seller, deadline);
        break;
    }
    // A lock that this step released goes to a process that waited for it.
    const next = waiting.filter(({ waitingFor = '' }) => !seller.holds(waitingFor));
    if (next.length > 0) {
      await Promise.race(next.map((each) => each.until(() => each.held, deadline)));
    }
  }

  /** Waits until a process is held again, has ended, or waits for a lock that another one holds. */
  async #untilSettled(seller: SellerHandle, deadline: number): Promise<void> {
    const settled = () => seller.held || seller.ended;
    await seller.until(() => settled() || seller.waitingFor !== undefined, deadline);
    const { waitingFor } = seller;
    if (settled() || waitingFor === undefined) return;
    const isHeld = this.#sellers.some((each) => each.holds(waitingFor));
    await seller.until(settled, isHeld ? performance.now() + HELD_LOCK_MS : deadline);
  }

  #because(verdict: Verdict): string {
    const { store } = this.#plan;
    const { sold, capacity, remaining, oversold, duplicates } = totalOf(verdict);
    const [[kind, number] = []] = Object.entries(verdict.violations ?? {});
    if (kind !== undefined) return `${lifecycleViolations[kind as LifecycleViolation]}: ${number}`;
    if (verdict.verdict === 'broken') {
      const { lostUpdates } = verdict;
      const figures = { oversold, duplicates, lostUpdates, capacity, remaining };
      return whyBroken({ store }, figures, sold);
    }
    if (sold === 0) return 'nothing was sold';
    return `${sold} of ${capacity} sold, each ticket once`;
  }

  async #readFile(): Promise<{ name: string; text: string }> {
    const path = stores[this.#plan.store].guardedFile(this.#folder);
    const text = await readFile(path, 'utf8');
    return { name: basename(path), text: text.slice(-FILE_TEXT_MAX) };
  }
}

/** Prepares what the processes of a run are about, with the store that they use. */
async function prepareIn(folder: string, { store: name, lockMode, verbs }: SteppedPlan) {
  if (verbs === undefined)
    return names.map((each) => ({ command: buyFor(`buyer of ${each}`, EVENT_ID) }));
  const store = await stores[name].open({
    location: folder,
    durable: true,
    raceWindowMs: 0,
    lockTimeoutMs: PREPARE_MS_MAX,
    lockStaleMs: PREPARE_MS_MAX,
    lockMode,
    emit: () => {},
    onFault(fault) {
      throw fault;
    },
  });
  try {
    return await prepareCommands(store, EVENT_ID, verbs);
  } finally {
    await store.close();
  }
}

/** The events of a verdict together. */
function totalOf({ events }: Verdict) {
  const total = (name: 'sold' | 'capacity' | 'remaining' | 'oversold' | 'duplicates') =>
    events.reduce((sum, event) => sum + event[name], 0);
  return {
    sold: total('sold'),
    capacity: total('capacity'),
    remaining: total('remaining'),
    oversold: total('oversold'),
    duplicates: total('duplicates'),
  };
}

const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
