import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TicketState } from '../../src/booking/inventory.js';
import { readReferenceLog } from '../../src/cli/read-history.js';
import { buyAtOnce } from '../../src/client/buyers.js';
import { judgeRace, type RaceResult } from '../../src/client/race-result.js';
import type { WorkerStatus } from '../../src/http/schemas.js';
import type { Receipt } from '../../src/store/json/receipts.js';
import { parseReceipt } from '../../src/store/json/receipts.js';
import { inspectLedger } from '../../src/store/ledger/inspect.js';
import { type StoreName, stores } from '../../src/store/registry.js';
import { judge, type Verdict } from '../../src/verdict/judge.js';
import { type HistoryVerdict, judgeHistory } from '../../src/verdict/judge-history.js';
import type { History } from '../../src/verdict/recorded-request.js';
import { TestDatabase } from './database.js';
import { newFolder, removeFolder } from './folder.js';
import { type Ended, type Running, start, until } from './processes.js';

export interface OfficeOptions {
  /** Settings; PORT is 0 and LOG_LEVEL is warn unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** What is for sale; else the packaged events. */
  readonly events?: TicketState['events'];
  /** A folder of the test's own, which outlives the office. */
  readonly folder?: string;
  /** A database of the test's own, which outlives it too; else an office on PostgreSQL gets a new one. */
  readonly database?: TestDatabase;
  /** The program to run, `src/main` unless it is a broken one. */
  readonly program?: string;
}

/** A real office: a primary and its workers, on a port and a folder of their own. */
export class TestServer {
  readonly folder: string;
  readonly url: URL;
  readonly #running: Running;
  readonly #ownsFolder: boolean;
  readonly #database: TestDatabase | undefined;
  readonly #ownDatabase: TestDatabase | undefined;
  readonly #store: StoreName;
  readonly #pids = new Set<number>();

  private constructor(
    running: Running,
    url: URL,
    where: {
      readonly folder: string;
      readonly owned: boolean;
      readonly store: StoreName;
      readonly database: TestDatabase | undefined;
      readonly ownDatabase: TestDatabase | undefined;
    },
  ) {
    this.#running = running;
    this.url = url;
    this.folder = where.folder;
    this.#ownsFolder = where.owned;
    this.#store = where.store;
    this.#database = where.database;
    this.#ownDatabase = where.ownDatabase;
  }

  /** Starts one and waits until every worker listens. Whoever starts it disposes of it. */
  static async start(options: OfficeOptions = {}): Promise<TestServer> {
    const { env, events, folder, program } = options;
    const makes = env?.STORE === 'postgres' && options.database === undefined;
    const ownDatabase = makes ? await TestDatabase.create(events) : undefined;
    const database = options.database ?? ownDatabase;
    const where = folder ?? newFolder(events);
    const running = start(program ?? 'src/main', {
      env: { PORT: '0', LOG_LEVEL: 'warn', DATA_DIR: where, ...database?.env, ...env },
    });
    const url = () => /open on (http:\S+)/.exec(running.stdout())?.[1];
    const ended = () => running.child.exitCode !== null;
    await until('the office opens', () => url() !== undefined || ended(), 20_000).catch((error) => {
      running.child.kill('SIGKILL');
      throw error;
    });
    const found = url();
    if (found === undefined) throw new Error(`the office ended: ${running.stderr()}`);
    const store = (database?.env.STORE ?? env?.STORE ?? 'json') as StoreName;
    const owned = folder === undefined;
    const its = { folder: where, owned, store, database, ownDatabase };
    const office = new TestServer(running, new URL(found), its);
    await office.workers();
    return office;
  }

  /** Starts one that is gone when the test ends, however it ends. */
  static async startForTest(options: OfficeOptions = {}): Promise<TestServer> {
    const office = await TestServer.start(options);
    onTestFinished(() => office.dispose());
    return office;
  }

  get primaryPid(): number {
    return this.#running.pid;
  }

  get stdout(): string {
    return this.#running.stdout();
  }

  get stderr(): string {
    return this.#running.stderr();
  }

  /** The primary is gone; workers may be left. */
  get exited(): Promise<unknown> {
    return this.#running.exited;
  }

  /** How the whole office ended, or will. */
  get ended(): Promise<Ended> {
    return this.#running.ended;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(new URL(path, this.url), init);
  }

  buy(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch('/buy', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  async workers(): Promise<WorkerStatus[]> {
    // A kept connection may be one to a worker that was just killed, and a new one may be on its way
    // to a worker as it dies: Node loses it then, and nobody ever answers. Then another one is taken.
    const ask = async () => {
      const answer = await this.fetch('/workers', { signal: AbortSignal.timeout(3_000) });
      return (await answer.json()) as { workers: WorkerStatus[] };
    };
    const { workers } = await ask().catch(ask).catch(ask);
    for (const { pid } of workers) this.#pids.add(pid);
    return workers;
  }

  /**
   * Waits until every worker listens. One that just died may have been handed our question.
   *
   * @param dead have ended, or will: their primary may not know yet, and call them alive
   */
  untilAllLive(...dead: readonly (number | undefined)[]): Promise<void> {
    return until('every worker listens', async () => {
      const workers = await this.workers().catch(() => []);
      return workers.length > 0 && workers.every(({ alive, pid }) => alive && !dead.includes(pid));
    });
  }

  async remaining(eventId: string): Promise<number> {
    const { events } = (await (await this.fetch('/search?limit=100')).json()) as {
      events: { id: string; remaining: number }[];
    };
    const event = events.find(({ id }) => id === eventId);
    if (event === undefined) throw new Error(`no event ${eventId} on the first page`);
    return event.remaining;
  }

  /** Lets so many buyers at an event at once, and judges it by what they were told and the file says. */
  async race(eventId: string, buyers = 200): Promise<RaceResult & { readonly why: string[] }> {
    const before = await this.remaining(eventId);
    const answers = await buyAtOnce(this.url, eventId, buyers);
    const after = await this.remaining(eventId);
    const why = answers.flatMap((answer) => (answer.kind === 'unknown' ? [answer.why] : []));
    return { ...judgeRace(before, after, answers), why };
  }

  /** What the ticket file says, read past the office. */
  state(): TicketState {
    return JSON.parse(readFileSync(join(this.folder, 'tickets.json'), 'utf8'));
  }

  receipts(): Receipt[] {
    const lines = readFileSync(join(this.folder, 'receipts.jsonl'), 'utf8').split('\n');
    return lines.map(parseReceipt).filter((receipt) => receipt !== undefined);
  }

  /** The serials of an event that the folder says were sold, each as often as it says so. */
  async soldSerials(eventId: string): Promise<number[]> {
    const serials: number[] = [];
    if (this.#store === 'json') {
      for (const receipt of this.receipts()) {
        if (receipt.eventId === eventId) serials.push(...receipt.serials);
      }
      return serials;
    }
    if (this.#database !== undefined) {
      const text = `select serial from turnstile.serials s join turnstile.events e on e.number = s.event
        where e.id = $1`;
      const rows = await this.#database.ask<{ serial: number }>(text, [eventId]);
      return rows.map(({ serial }) => serial);
    }
    await inspectLedger(this.folder, ({ counts, commit }) => {
      for (const { event, first, quantity } of counts ? (commit?.ops ?? []) : []) {
        if (event !== eventId) continue;
        for (let ticket = 0; ticket < quantity; ticket++) serials.push(first + ticket);
      }
    });
    return serials;
  }

  /** The verdict over the folder or the database, read past the office. */
  async verdict(): Promise<Verdict> {
    return judge(await stores[this.#store].history(this.#database?.address ?? this.folder));
  }

  /** The verdict over what buyers were told, with the ledger as witness. */
  async judge(history: History): Promise<HistoryVerdict> {
    return judgeHistory(history, await readReferenceLog(this.folder));
  }

  /** Writes to the end of the ledger, past the office. */
  append(text: string): void {
    appendFileSync(join(this.folder, 'ledger.jsonl'), text);
  }

  /** Writes what does not count behind the commits, past the office. */
  async writeInVain(): Promise<void> {
    if (this.#database === undefined) return this.append('not a line of ours\n');
    await this.#database.ask(
      `insert into turnstile.commits (event, seq, prev, hash, first, last, exclusive)
      select event, seq, prev, 'overtaken', first, last, false
      from turnstile.commits order by number desc limit 1`,
    );
  }

  /** The lines of the ledger, genesis first, skipped ones too. */
  ledgerLines(): string[] {
    return readFileSync(join(this.folder, 'ledger.jsonl'), 'utf8').split('\n').slice(0, -1);
  }

  signal(signal: NodeJS.Signals): void {
    this.#running.child.kill(signal);
  }

  /** Asks the office to close and answers how it ended. */
  stop(): Promise<Ended> {
    this.signal('SIGTERM');
    return this.ended;
  }

  /** Ends whatever is left of it, stopped processes too, and removes its folder. */
  async dispose(): Promise<void> {
    if (this.#running.child.exitCode === null && this.#running.child.signalCode === null) {
      await this.workers().catch(() => {}); // those that took another's place
      this.signal('SIGKILL');
      await this.exited;
    }
    for (const pid of this.#pids) kill(pid);
    if (this.#ownsFolder) removeFolder(this.folder);
    await this.#ownDatabase?.dispose();
  }
}

/** Ends a process of ours; it may be gone already. */
export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether a process runs. A zombie does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
