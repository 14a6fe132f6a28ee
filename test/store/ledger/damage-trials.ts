import { isDeepStrictEqual } from 'node:util';
import type { Buy } from '../../../src/booking/outcomes.js';
import { DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import {
  type Checkpoint,
  checkpointOf,
  parseCheckpoint,
} from '../../../src/store/ledger/checkpoint.js';
import { parseCommit } from '../../../src/store/ledger/ledger-line.js';
import { type Loaded, loadLedger } from '../../../src/store/ledger/load.js';
import { fileOf, genesisLine } from './lines-of.js';
import { MemoryDisk, still } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

const KEYS = ['k1', 'k2'];

/** What a start comes to: the state at every version that it passed, or where it found damage. */
type Outcome = { readonly states: ReadonlyMap<number, unknown> } | { readonly damagedAt: number };

/** Opens a ledger like an office does, or a broken one. */
export type Start = (bytes: Buffer, checkpoint: Checkpoint | undefined) => Promise<Loaded>;
const start: Start = (bytes, checkpoint) => loadLedger(still(bytes), checkpoint);

async function outcomeOf(bytes: Buffer, checkpoint?: Checkpoint, open = start): Promise<Outcome> {
  try {
    const { fold, lines } = await open(bytes, checkpoint);
    const now = () => ({
      events: { ...fold.state.events },
      keys: KEYS.map((key) => fold.keys.find(key)),
    });
    const states = new Map([[fold.head.seq, now()]]);
    await lines.readNewLines((line, offset) => {
      if (fold.take(line, offset) !== undefined) states.set(fold.head.seq, now());
    });
    return { states };
  } catch (error) {
    if (error instanceof DamagedLedgerError) return { damagedAt: error.offset };
    throw error;
  }
}

/** Two writers without a lock: half of what they append is skipped, and what they claim is true. */
async function soldByTwo(): Promise<Buffer> {
  const disk = new MemoryDisk(fileOf(genesisLine()));
  const one = await openStore(disk.open());
  const two = await openStore(disk.open());
  /** Both have read all there is, so both append to the same line. */
  const round = async (ofOne: Buy[], ofTwo: Buy[]) => {
    await Promise.all([one.search(), two.search()]);
    await Promise.all([sell(one, ...ofOne), sell(two, ...ofTwo)]);
  };
  await round([buy('a', 1, 'k1')], [buy('a', 2)]);
  await round([buy('b')], [buy('a', 1, 'k2'), buy('b', 9)]);
  // Who is overtaken here finds too few left and appends no more; the next line claims the other.
  await round([buy('b', 2)], [buy('b', 1)]);
  await sell(two, buy('a', 3));
  return disk.bytes;
}

interface Line {
  readonly begin: number;
  readonly end: number;
  /** What it claims to be synced, if it is a whole commit. */
  readonly claims: number;
}

function linesIn(bytes: Buffer): Line[] {
  const lines: Line[] = [];
  for (let begin = 0; begin < bytes.length; ) {
    const end = bytes.indexOf(0x0a, begin);
    const claims = parseCommit(bytes.subarray(begin, end))?.synced.seq ?? 0;
    lines.push({ begin, end, claims });
    begin = end + 1;
  }
  return lines;
}

/** The newest claim that is left when these bytes are damaged; a newline ends two lines. */
const newestClaim = (lines: readonly Line[], from: number, to: number): number =>
  Math.max(
    0,
    ...lines.filter(({ begin, end }) => end < from || begin - 1 > to).map(({ claims }) => claims),
  );

type States = ReadonlyMap<number, unknown>;

/** A ledger and its checkpoints, to be damaged at every byte, and what each start should come to. */
export class DamageTrials {
  /** The ledger as it should be. */
  readonly whole: Buffer;
  /** None, one from the midst of it, and the newest. */
  readonly checkpoints: readonly (Checkpoint | undefined)[];
  readonly recentCommits: number;
  readonly skipped: number;
  readonly truth: States;
  readonly #lines: readonly Line[];

  private constructor(
    whole: Buffer,
    checkpoints: readonly Checkpoint[],
    skipped: number,
    truth: States,
  ) {
    this.whole = whole;
    this.checkpoints = [undefined, checkpoints[2], checkpoints.at(-1)];
    this.recentCommits = checkpoints.length;
    this.skipped = skipped;
    this.truth = truth;
    this.#lines = linesIn(whole);
  }

  static async begin(): Promise<DamageTrials> {
    const whole = await soldByTwo();
    const { genesis, fold, lines } = await loadLedger(still(whole));
    const made: Checkpoint[] = [];
    await lines.readNewLines((line, offset) => {
      if (fold.take(line, offset) !== undefined) made.push(checkpointOf(fold, genesis.ledger));
    });
    return new DamageTrials(whole, made, fold.skipped, statesOf(await outcomeOf(whole)));
  }

  /** The newest claim in it. */
  get claimed(): number {
    return newestClaim(this.#lines, this.whole.length, this.whole.length);
  }

  /** All faults that a flipped bit leads to, at any byte. */
  async flipAll(
    bits: readonly number[],
    checkpoint?: Checkpoint,
    open: Start = start,
  ): Promise<string[]> {
    const faults: string[] = [];
    const bytes = Buffer.from(this.whole);
    for (let at = 0; at < bytes.length; at++) {
      const claimed = Math.max(newestClaim(this.#lines, at, at), checkpoint?.version ?? 0);
      for (const bit of bits) {
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const found = this.#fault(await outcomeOf(bytes, checkpoint, open), claimed);
        if (found !== undefined) faults.push(`bit ${bit} of byte ${at}: ${found}`);
        bytes[at] = this.whole[at] ?? 0;
      }
    }
    return faults;
  }

  /** All faults that a cut leads to, at any byte. */
  async cutAll(checkpoint?: Checkpoint): Promise<string[]> {
    const faults: string[] = [];
    for (let length = 0; length < this.whole.length; length++) {
      const claimed = newestClaim(this.#lines, length, this.whole.length);
      const outcome = await outcomeOf(this.whole.subarray(0, length), checkpoint);
      const found = this.#fault(outcome, Math.max(claimed, checkpoint?.version ?? 0), true);
      if (found !== undefined) faults.push(`cut at ${length}: ${found}`);
    }
    return faults;
  }

  /**
   * What is wrong with an outcome, if something is. Above the newest claim a line may be gone, or, if
   * it is not `prefix`, another of that number stand in its place.
   */
  #fault(outcome: Outcome, claimed: number, prefix = false): string | undefined {
    if ('damagedAt' in outcome) {
      const { damagedAt } = outcome;
      return damagedAt >= 0 && damagedAt <= this.whole.length ? undefined : `nowhere: ${damagedAt}`;
    }
    const reached = Math.max(...outcome.states.keys());
    if (reached < claimed) return `only ${reached} of ${claimed}`;
    for (const [version, state] of outcome.states) {
      if (version > claimed && !prefix) continue;
      if (!isDeepStrictEqual(state, this.truth.get(version))) return `another ${version}`;
    }
    return undefined;
  }

  /** The states that a start from an undamaged ledger passes. */
  async statesFrom(checkpoint: Checkpoint | undefined): Promise<States> {
    return statesOf(await outcomeOf(this.whole, checkpoint));
  }
}

const statesOf = (outcome: Outcome): States => {
  if ('damagedAt' in outcome) throw new Error(`damaged at ${outcome.damagedAt}`);
  return outcome.states;
};

/** How many flipped bits and cuts of a checkpoint still make one. None should. */
export function readableWhenDamaged(printed: Buffer): number {
  let readable = 0;
  const tryReading = (bytes: Buffer) => {
    if (parseCheckpoint(bytes) !== undefined) readable++;
  };
  for (let at = 0; at < printed.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(printed);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      tryReading(flipped);
    }
    if (at < printed.length - 1) tryReading(printed.subarray(0, at)); // its newline is no loss
  }
  return readable;
}
