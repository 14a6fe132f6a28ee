import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/booking/decide.js';
import type { TicketState } from '../../../src/booking/inventory.js';
import { Chain, type Counted } from '../../../src/store/ledger/chain.js';
import {
  checkpointOf,
  parseCheckpoint,
  printCheckpoint,
} from '../../../src/store/ledger/checkpoint.js';
import { Fold, type FoldStart } from '../../../src/store/ledger/fold.js';
import { loadLedger } from '../../../src/store/ledger/load.js';
import { toOps } from '../../../src/store/ledger/ops.js';
import { RecentOps } from '../../../src/store/ledger/recent-ops.js';
import { commandOf, draws, type Made } from '../../booking/commands.js';
import { expectEqual } from '../../support/expect-equal.js';
import { commitLine, events, fileOf, genesisLine, headAfter } from './ledger-lines.js';
import { staticFile } from './memory-disk.js';

/** Batches, each decided so many seconds after the one before; a clock may be set back. */
const scripts = fc.array(
  fc.record({
    batch: fc.array(draws, { minLength: 1, maxLength: 4 }),
    seconds: fc.integer({ min: -20, max: 40 }),
  }),
  { minLength: 1, maxLength: 25 },
);

type Script = typeof scripts extends fc.Arbitrary<infer Each> ? Each : never;
type NewFold = (start: FoldStart) => Fold;

const genesis = genesisLine();
const usualFold: NewFold = (start) => new Fold(start);

/**
 * Decides a script with the pure core, writes what was decided into lines, and folds them. After every
 * line both must have the same state.
 */
function foldDecisions(
  script: Script,
  newFold: NewFold = usualFold,
  comparable: (state: TicketState) => TicketState = (state) => state,
) {
  const fold = newFold({
    chain: new Chain(headAfter(0, genesis)),
    events: events(),
    recent: new RecentOps(0),
  });
  const lines = [genesis];
  const checkpoints = [checkpointOf(fold, 'test')];
  const made: Made = { holds: [], orders: [] };
  let state: TicketState = { version: 0, events: events() };
  let now = Date.parse('2029-01-01T00:00:00.000Z');
  let holds = 0;
  let expired = 0;
  for (const { batch, seconds } of script) {
    now += seconds * 1000;
    const commands = batch.map((draw) => commandOf(draw, made, () => `h${++holds}`));
    const { outcomes, changed, at, after } = decide(state, commands, new Date(now).toISOString());
    for (const each of outcomes) {
      if (each.kind === 'held') made.holds.push(each.holdId);
      if (each.kind === 'sold') made.orders.push({ ...each, orderId: 'o' });
    }
    if (!changed) continue;
    const due = fold.holdsByTime.due(at);
    expired += due.length;
    const line = commitLine(fold.head, { at, ops: toOps(outcomes, due) });
    fold.take(line, fold.head.end);
    lines.push(line);
    state = after;
    expectEqual(fold.state, comparable(state));
    checkpoints.push(checkpointOf(fold, 'test'));
  }
  return { state, expired, checkpoints, file: staticFile(fileOf(...lines)), fold };
}

describe('fold', () => {
  test('comes to the state of every decision, whatever the time', () => {
    let expired = 0;
    fc.assert(
      fc.property(scripts, (script) => {
        expired += foldDecisions(script).expired;
      }),
    );
    expect(expired).toBeGreaterThan(10); // of 100 scripts
  });

  test('comes to the same state from every checkpoint', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const { state, checkpoints, file, fold } = foldDecisions(script);
        for (const checkpoint of [undefined, ...checkpoints]) {
          const read = checkpoint && parseCheckpoint(Buffer.from(printCheckpoint(checkpoint)));
          if (checkpoint !== undefined) expectEqual(read, checkpoint);
          const loaded = await loadLedger(file, read);
          await loaded.lines.readNewLines((line, at) => void loaded.fold.take(line, at));
          expectEqual(loaded.fold.state, state);
          expectEqual(checkpointOf(loaded.fold, 'test'), checkpointOf(fold, 'test'));
        }
      }),
    );
  });

  test('would come to another state by the clock of the process', () => {
    class ByItsClock extends Chain {
      override take(...line: Parameters<Chain['take']>): Counted | undefined {
        const counted = super.take(...line);
        if (counted === undefined) return undefined;
        const at = new Date(Date.parse(counted.commit.at) + 30_000).toISOString();
        return { ...counted, commit: { ...counted.commit, at } };
      }
    }
    /** A state by another clock, compared without its time. */
    class WithoutTime extends Fold {
      override get state(): TicketState {
        const { at: _, ...state } = super.state;
        return state;
      }
    }
    const newFold: NewFold = ({ chain, ...start }) =>
      new WithoutTime({ ...start, chain: new ByItsClock(chain.head) });
    const property = fc.property(scripts, (script) => {
      foldDecisions(script, newFold, ({ at: _, ...state }) => state);
    });
    expect(fc.check(property, { numRuns: 500, endOnFailure: true }).failed).toBe(true);
  });
});
