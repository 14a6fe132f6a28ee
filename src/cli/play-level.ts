import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCode } from '../exit-codes.js';
import { type Move, parseMoves } from '../lab/stepping/moves.js';
import { planStepped } from '../lab/stepping/plan-stepped.js';
import { SteppingProcess } from '../lab/stepping/stepping-process.js';
import type { LabRequest } from '../timeline/lab-request.js';
import type { SteppedStatus } from '../timeline/stepped-run.js';
import { UserError } from '../user-error.js';
import { describeChange, describeEnd, describeStart } from './describe-steps.js';

/** On a busy machine every process takes seconds to start. */
const START_MS_MAX = 60_000;

/** How long a step may take until it is shown as it is then. */
const REPLY_MS_MAX = 10_000;

/** How long a process is waited for that waits for a lock; longer than a lease lasts. */
const WAIT_MS_MAX = 10_000;
const POLL_MS = 50;

/**
 * Plays a level, or steps a setting of the learner's: reads steps from stdin and prints what they did.
 *
 * @returns the exit code: ok if the goal was reached
 * @throws UserError if the request is invalid, or a pipe contains a word that is no step
 */
export async function playLevel(request: LabRequest): Promise<number> {
  const run = new SteppingProcess({ id: 'lab', request }, planStepped(request));
  try {
    await run.started(START_MS_MAX);
    const { state, failure = `no process within ${START_MS_MAX} ms` } = run.status;
    if (state !== 'running') throw new UserError(`the processes did not start: ${failure}`);
    print(describeStart(run.status));
    await new Player(run).play();
    await run.call({ verb: 'end' }, REPLY_MS_MAX);
    print(describeEnd(run.status));
    return run.status.goal.reached ? exitCode.ok : exitCode.failed;
  } finally {
    run.stop();
    await run.exited;
  }
}

class Player {
  readonly #run: SteppingProcess;
  #shown: SteppedStatus;

  constructor(run: SteppingProcess) {
    this.#run = run;
    this.#shown = run.status;
  }

  /** Plays until the learner quits, the input ends, or the run does. */
  async play(): Promise<void> {
    // Without `terminal`, Ctrl-C stays a signal, which ends the process.
    const lines = createInterface({ input: process.stdin, terminal: false });
    void this.#run.exited.then(() => lines.close()); // the learner made no step for long
    this.#prompt();
    for await (const line of lines) {
      for (const move of this.#parse(line)) {
        if (move.action === 'quit') return lines.close();
        await this.#make(move.action, move.name);
        if (this.#shown.state !== 'running') return lines.close();
      }
      this.#prompt();
    }
  }

  /** On a terminal a mistake is told, and the level goes on. */
  #parse(line: string): Move[] {
    try {
      return parseMoves(line);
    } catch (error) {
      if (!process.stdin.isTTY || !(error instanceof UserError)) throw error;
      print(error.message);
      return [];
    }
  }

  async #make(action: Exclude<Move['action'], 'quit'>, name: string): Promise<void> {
    const { pid, state } = this.#process(name);
    if (action === 'step' && state === 'waiting') return this.#whileIn('waiting', name);
    const reply = await this.#run.call({ verb: 'step', pid, action }, REPLY_MS_MAX);
    if (reply.kind !== 'status') return print(`  ${reply.why}.`);
    this.#show(reply.status);
    return this.#whileIn('running', name); // on a busy machine a step may take longer than a reply
  }

  /** Waits while a process is in a state: a lease is taken over when its time is up, not at a step. */
  async #whileIn(state: 'waiting' | 'running', name: string): Promise<void> {
    const deadline = performance.now() + WAIT_MS_MAX;
    while (this.#process(name).state === state && performance.now() < deadline) {
      await sleep(POLL_MS);
      const reply = await this.#run.call({ verb: 'look' }, REPLY_MS_MAX);
      if (reply.kind === 'status') this.#show(reply.status);
    }
    const { waitingFor } = this.#process(name);
    if (state === 'waiting' && waitingFor !== undefined)
      print(`  ${name} still waits for ${waitingFor}.`);
  }

  #show(status: SteppedStatus): void {
    for (const line of describeChange(this.#shown, status)) print(`  ${line}`);
    this.#shown = status;
  }

  #process(name: string) {
    const found = this.#shown.processes.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no process ${name}`);
    return found;
  }

  #prompt(): void {
    if (process.stdin.isTTY) process.stdout.write('> ');
  }
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
