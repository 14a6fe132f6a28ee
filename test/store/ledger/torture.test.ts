import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Buy } from '../../../src/booking/outcomes.js';
import { Chain, DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import {
  type Checkpoint,
  checkpointOf,
  parseCheckpoint,
  printCheckpoint,
} from '../../../src/store/ledger/checkpoint.js';
import { Fold } from '../../../src/store/ledger/fold.js';
import { KeyWindow } from '../../../src/store/ledger/keys.js';
import { parseCommit } from '../../../src/store/ledger/line.js';
import { type Loaded, loadLedger } from '../../../src/store/ledger/load.js';
import { fileOf, genesisLine } from './lines-of.js';
import { MemoryDisk, still } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

const KEYS = ['k1', 'k2'];

/** What a start comes to: the state at every version that it passed, or where it found damage. */
type Outcome = { readonly states: ReadonlyMap<number, unknown> } | { readonly damagedAt: number };

type Start = (bytes: Buffer, checkpoint: Checkpoint | undefined) => Promise<Loaded>;
const start: Start = (bytes, checkpoint) => loadLedger(still(bytes), checkpoint);

async function outcomeOf(bytes: Buffer, checkpoint?: Checkpoint, open = start): Promise<Outcome> {
  try {
    const { fold, lines } = await open(bytes, checkpoint);
    const now = () => ({
      events: { ...fold.state.events },
      keys: KEYS.map((key) => fold.keys.find(key)),
    });
    const states = new Map([[fold.head.seq, now()]]);
    await lines.readOn((line, offset) => {
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

describe('a ledger and its checkpoint, every byte of them damaged', () => {
  let whole: Buffer;
  let lines: Line[];
  let truth: ReadonlyMap<number, unknown>;
  let newest: number;
  let checkpoints: (Checkpoint | undefined)[];

  beforeAll(async () => {
    whole = await soldByTwo();
    lines = linesIn(whole);
    const { genesis, fold, lines: reader } = await loadLedger(still(whole));
    const made: Checkpoint[] = [];
    await reader.readOn((line, offset) => {
      if (fold.take(line, offset) !== undefined) made.push(checkpointOf(fold, genesis.ledger));
    });
    expect(fold.skipped).toBeGreaterThan(1);
    newest = fold.head.seq;
    expect(newest).toBeGreaterThan(4);
    expect(newestClaim(lines, whole.length, whole.length)).toBeGreaterThan(1);
    checkpoints = [undefined, made[2], made.at(-1)];
    truth = statesOf(await outcomeOf(whole));
  });

  const statesOf = (outcome: Outcome): ReadonlyMap<number, unknown> => {
    if ('damagedAt' in outcome) throw new Error(`damaged at ${outcome.damagedAt}`);
    return outcome.states;
  };

  /** What is wrong with an outcome, if something is. */
  function fault(outcome: Outcome, claimed: number): string | undefined {
    if ('damagedAt' in outcome) {
      const { damagedAt } = outcome;
      return damagedAt >= 0 && damagedAt <= whole.length ? undefined : `nowhere: ${damagedAt}`;
    }
    const reached = Math.max(...outcome.states.keys());
    if (reached < claimed) return `only ${reached} of ${claimed}`;
    for (const [version, state] of outcome.states) {
      // Above the newest claim a line may be gone, or another of that number stand in its place.
      if (version <= claimed && !isDeepStrictEqual(state, truth.get(version))) {
        return `another ${version}`;
      }
    }
    return undefined;
  }

  /** All faults that a flipped bit leads to, at any byte. */
  async function flipAll(
    bits: readonly number[],
    checkpoint?: Checkpoint,
    open?: Start,
  ): Promise<string[]> {
    const faults: string[] = [];
    const bytes = Buffer.from(whole);
    for (let at = 0; at < bytes.length; at++) {
      const claimed = Math.max(newestClaim(lines, at, at), checkpoint?.version ?? 0);
      for (const bit of bits) {
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const found = fault(await outcomeOf(bytes, checkpoint, open), claimed);
        if (found !== undefined) faults.push(`bit ${bit} of byte ${at}: ${found}`);
        bytes[at] = whole[at] ?? 0;
      }
    }
    return faults;
  }

  test('flipped: the same state, refused, or another tail that nobody claims', async () => {
    expect(await flipAll([0, 2, 4, 7])).toEqual([]);
    for (const checkpoint of checkpoints) expect(await flipAll([5], checkpoint)).toEqual([]);
  });

  test('cut: a prefix that has all that is claimed, or refused', async () => {
    for (const checkpoint of checkpoints) {
      for (let length = 0; length < whole.length; length++) {
        const claimed = Math.max(
          newestClaim(lines, length, whole.length),
          checkpoint?.version ?? 0,
        );
        const outcome = await outcomeOf(whole.subarray(0, length), checkpoint);
        expect([length, fault(outcome, claimed)]).toEqual([length, undefined]);
        if ('damagedAt' in outcome) continue;
        for (const [version, state] of outcome.states) expect(state).toEqual(truth.get(version));
      }
    }
  });

  test('its checkpoint flipped or cut: made anew, with the same state', async () => {
    const printed = Buffer.from(printCheckpoint(checkpoints[1] as Checkpoint));
    for (let at = 0; at < printed.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(printed);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        expect(parseCheckpoint(flipped)).toBeUndefined();
      }
      const cut = parseCheckpoint(printed.subarray(0, at));
      if (at < printed.length - 1) expect(cut).toBeUndefined();
    }
    for (const checkpoint of checkpoints) {
      const states = statesOf(await outcomeOf(whole, checkpoint));
      expect(states.get(newest)).toEqual(truth.get(newest));
    }
  });

  test('without the check of claims, some flips would give another state', async () => {
    class Credulous extends Chain {
      protected override checkClaim(): void {}
    }
    const credulous: Start = async (bytes, checkpoint) => {
      const loaded = await loadLedger(still(bytes), checkpoint);
      const { events } = loaded.genesis;
      const chain = new Credulous(loaded.synced);
      return { ...loaded, fold: new Fold({ chain, events, keys: new KeyWindow(0) }) };
    };
    expect((await flipAll([3], undefined, credulous)).length).toBeGreaterThan(50);
  });

  test('without the hash in the claim, some flips would put a skipped line in a sale’s place', async () => {
    class ByNumber extends Chain {
      protected override checkClaim({ seq }: { seq: number }, offset: number): void {
        if (seq > this.head.seq) throw new DamagedLedgerError(offset, 'ahead');
      }
    }
    const byNumber: Start = async (bytes, checkpoint) => {
      const loaded = await loadLedger(still(bytes), checkpoint);
      const { events } = loaded.genesis;
      const chain = new ByNumber(loaded.synced);
      return { ...loaded, fold: new Fold({ chain, events, keys: new KeyWindow(0) }) };
    };
    const faults = await flipAll([3], undefined, byNumber);
    expect(faults.some((each) => each.includes('another'))).toBe(true);
  });
});
