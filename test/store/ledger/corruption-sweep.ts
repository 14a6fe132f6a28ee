import { isDeepStrictEqual } from 'node:util';
import type { Command } from '../../../src/booking/commands.js';
import { DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import {
  type Checkpoint,
  checkpointOf,
  parseCheckpoint,
} from '../../../src/store/ledger/checkpoint.js';
import { parseCommit } from '../../../src/store/ledger/ledger-line.js';
import { type Loaded, loadLedger } from '../../../src/store/ledger/load.js';
import { anEvent } from '../../support/folder.js';
import { fileOf, genesisLine } from './ledger-lines.js';
import { MemoryDisk, staticFile } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

const KEYS = ['k1', 'k2'];
const HOLDS = ['h1', 'h2'];

/** The outcome of a start: the state at every version it folded, or where it found damage. */
type Outcome = { readonly states: ReadonlyMap<number, unknown> } | { readonly damagedAt: number };

/** Opens a ledger. Negative controls open it without some check. */
export type Start = (bytes: Buffer, checkpoint: Checkpoint | undefined) => Promise<Loaded>;
const start: Start = (bytes, checkpoint) => loadLedger(staticFile(bytes), checkpoint);

async function outcomeOf(bytes: Buffer, checkpoint?: Checkpoint, open = start): Promise<Outcome> {
  try {
    const { fold, lines } = await open(bytes, checkpoint);
    const snapshot = () => ({
      ...fold.state,
      events: { ...fold.state.events },
      holds: { ...fold.state.holds },
      ends: HOLDS.map((id) => fold.recent.findEnd(id)),
      keys: KEYS.map((key) => fold.recent.findByKey(key)),
    });
    const states = new Map([[fold.head.seq, snapshot()]]);
    await lines.readNewLines((line, offset) => {
      if (fold.take(line, offset) !== undefined) states.set(fold.head.seq, snapshot());
    });
    return { states };
  } catch (error) {
    if (error instanceof DamagedLedgerError) return { damagedAt: error.offset };
    throw error;
  }
}

const hold = (holdId: string, key?: string): Command => ({
  ...buy('a', 1, key),
  kind: 'hold',
  holdId,
  seconds: 3600,
});

/** The ledger of two writers without a lock: half of their lines are skipped, all claims are true. */
async function ledgerOfTwoWriters(): Promise<Buffer> {
  const disk = new MemoryDisk(fileOf(genesisLine()));
  const one = await openStore(disk.open());
  const two = await openStore(disk.open());
  /** Both read up to the end first, so both extend the same line. */
  const sellAtOnce = async (ofOne: Command[], ofTwo: Command[]) => {
    await Promise.all([one.search(), two.search()]);
    await Promise.all([sell(one, ...ofOne), sell(two, ...ofTwo)]);
  };
  await sellAtOnce([buy('a', 1, 'k1')], [buy('a', 2)]);
  await sellAtOnce([buy('b')], [buy('a', 1, 'k2'), buy('b', 9)]);
  // The overtaken writer finds too few tickets and appends nothing; the next line claims the other's.
  await sellAtOnce([buy('b', 2)], [buy('b', 1)]);
  await sell(two, buy('a', 3));
  return disk.bytes;
}

/** A ledger with every verb, and an overtaken line among them. */
export async function ledgerOfEveryVerb(): Promise<Buffer> {
  const disk = new MemoryDisk(fileOf(genesisLine()));
  const [one, two] = [await openStore(disk.open()), await openStore(disk.open())];
  await sell(one, buy('a', 2), hold('h1', 'k1'), hold('h2'));
  await two.search();
  const order = { orderId: 'o', eventId: 'a', serials: [1, 2] };
  await Promise.all([
    sell(one, { kind: 'confirm', holdId: 'h1' }),
    sell(two, { kind: 'cancel', order }, { kind: 'removeEvent', eventId: 'b' }),
  ]);
  const { remaining: _r, issued: _i, revision: _v, ...event } = anEvent(20);
  await sell(
    one,
    { kind: 'admit', eventId: 'a', serial: 3, door: 'n', key: 'k2' },
    { kind: 'release', holdId: 'h2' },
    { kind: 'saveEvent', eventId: 'a', event, revision: 1 },
  );
  return disk.bytes;
}

interface Line {
  readonly begin: number;
  readonly end: number;
  /** The number of the line that it claims to be synced; 0 if it is no commit. */
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

/** The newest intact claim when these bytes are damaged. A damaged newline destroys two lines. */
const newestClaim = (lines: readonly Line[], from: number, to: number): number =>
  Math.max(
    0,
    ...lines.filter(({ begin, end }) => end < from || begin - 1 > to).map(({ claims }) => claims),
  );

type States = ReadonlyMap<number, unknown>;

/** A ledger and its checkpoints, for damaging every byte, and the states that a start must find. */
export class CorruptionSweep {
  /** The undamaged ledger. */
  readonly whole: Buffer;
  /** None, one from the middle, and the newest. */
  readonly checkpoints: readonly (Checkpoint | undefined)[];
  /** The number of counted lines. */
  readonly commits: number;
  readonly skipped: number;
  /** The states of the undamaged ledger. */
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
    this.commits = checkpoints.length;
    this.skipped = skipped;
    this.truth = truth;
    this.#lines = linesIn(whole);
  }

  /** @param ledger what is damaged */
  static async begin(ledger = ledgerOfTwoWriters): Promise<CorruptionSweep> {
    const whole = await ledger();
    const { genesis, fold, lines } = await loadLedger(staticFile(whole));
    const checkpoints: Checkpoint[] = [];
    await lines.readNewLines((line, offset) => {
      if (fold.take(line, offset) !== undefined)
        checkpoints.push(checkpointOf(fold, genesis.ledger));
    });
    return new CorruptionSweep(whole, checkpoints, fold.skipped, statesOf(await outcomeOf(whole)));
  }

  /** The newest claim in the ledger. */
  get claimed(): number {
    return newestClaim(this.#lines, this.whole.length, this.whole.length);
  }

  /** Flips these bits of every byte, one at a time, and returns the violations. */
  async flipAll(
    bits: readonly number[],
    checkpoint?: Checkpoint,
    open: Start = start,
  ): Promise<string[]> {
    const violations: string[] = [];
    const bytes = Buffer.from(this.whole);
    for (let at = 0; at < bytes.length; at++) {
      const claimed = Math.max(newestClaim(this.#lines, at, at), checkpoint?.version ?? 0);
      for (const bit of bits) {
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const found = this.#violation(await outcomeOf(bytes, checkpoint, open), claimed);
        if (found !== undefined) violations.push(`bit ${bit} of byte ${at}: ${found}`);
        bytes[at] = this.whole[at] ?? 0;
      }
    }
    return violations;
  }

  /** Truncates the ledger to every length, and returns the violations. */
  async cutAll(checkpoint?: Checkpoint): Promise<string[]> {
    const violations: string[] = [];
    for (let length = 0; length < this.whole.length; length++) {
      const claimed = newestClaim(this.#lines, length, this.whole.length);
      const outcome = await outcomeOf(this.whole.subarray(0, length), checkpoint);
      const found = this.#violation(outcome, Math.max(claimed, checkpoint?.version ?? 0), true);
      if (found !== undefined) violations.push(`cut at ${length}: ${found}`);
    }
    return violations;
  }

  /**
   * The violation of an outcome, if there is one. Above the newest intact claim a line may be missing
   * or, unless `prefix`, another line of the same number may count in its place.
   */
  #violation(outcome: Outcome, claimed: number, prefix = false): string | undefined {
    if ('damagedAt' in outcome) {
      const { damagedAt } = outcome;
      return damagedAt >= 0 && damagedAt <= this.whole.length
        ? undefined
        : `no such offset: ${damagedAt}`;
    }
    const reached = Math.max(...outcome.states.keys());
    if (reached < claimed) return `only ${reached} of ${claimed} claimed lines`;
    for (const [version, state] of outcome.states) {
      if (version > claimed && !prefix) continue;
      if (!isDeepStrictEqual(state, this.truth.get(version))) return `another state at ${version}`;
    }
    return undefined;
  }

  /** The states that a start on the undamaged ledger finds. */
  async statesFrom(checkpoint: Checkpoint | undefined): Promise<States> {
    return statesOf(await outcomeOf(this.whole, checkpoint));
  }
}

const statesOf = (outcome: Outcome): States => {
  if ('damagedAt' in outcome) throw new Error(`damaged at ${outcome.damagedAt}`);
  return outcome.states;
};

/** How many damaged copies of a checkpoint are still accepted: one bit flipped, or cut. Must be 0. */
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
    if (at < printed.length - 1) tryReading(printed.subarray(0, at)); // without its newline it is still whole
  }
  return readable;
}
