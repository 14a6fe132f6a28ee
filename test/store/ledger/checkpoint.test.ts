import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import {
  type Checkpoint,
  checkpointOf,
  printCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from '../../../src/store/ledger/checkpoint.js';
import type { Op } from '../../../src/store/ledger/ledger-line.js';
import { type Loaded, loadLedger } from '../../../src/store/ledger/load.js';
import { encodeRecord } from '../../../src/store/ledger/record.js';
import { verifyCheckpoint } from '../../../src/store/ledger/verify-checkpoint.js';
import { anEvent, testFolder } from '../../support/folder.js';
import { commitLine, fileOf, genesisLine, headAt, op } from './lines-of.js';
import { still } from './memory-disk.js';

const CAPACITY = 1000;
const KEYS = ['k0', 'k1', 'k2', 'k3'];
const genesis = genesisLine({ events: { a: anEvent(CAPACITY) } });

/** A line of a history: sales, each with a key or none, or bytes that do not count. */
type Step = { readonly keys: readonly (string | undefined)[] } | { readonly junk: string };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ keys: keysOfLine() }) },
    { weight: 1, arbitrary: fc.record({ junk: fc.constantFrom('', '#', '{"torn', '\0\0') }) },
  ),
  { minLength: 1, maxLength: 12 },
);
function keysOfLine() {
  const key = fc.option(fc.constantFrom(...KEYS), { nil: undefined });
  return fc.array(key, { minLength: 1, maxLength: 3 });
}

/** The ledger of a history. */
function ledgerOf(history: readonly Step[]): Buffer {
  const lines = [genesis];
  let head = headAt(0, genesis);
  let { end } = head;
  let sold = 0;
  for (const step of history) {
    const sales = 'keys' in step ? step.keys.map((key) => saleOf(++sold, key)) : [];
    const line = 'junk' in step ? Buffer.from(step.junk) : commitLine(head, { ops: sales });
    lines.push(line);
    if ('keys' in step) head = headAt(head.seq + 1, line, end);
    end += line.length + 1;
  }
  return fileOf(...lines);
}

const saleOf = (first: number, key: string | undefined): Op =>
  op(first, CAPACITY - first, key === undefined ? {} : { key });

/** Reads on to the end, and answers all that a fold knows. */
async function foldedOn({ fold, lines }: Loaded, onCounted: () => void = () => {}) {
  await lines.readNewLines((line, offset) => {
    if (fold.take(line, offset) !== undefined) onCounted();
  });
  const { head, state, keys } = fold;
  const found = KEYS.map((key) => keys.find(key));
  return { head, state, found, sales: keys.sales, from: keys.from(head.end), at: lines.offset };
}

/** A small ledger, and its checkpoint after every line that counts. */
async function ledgerWithCheckpoints(history: readonly Step[], keyedSales?: number) {
  const file = still(ledgerOf(history));
  const loaded = await loadLedger(file, undefined, keyedSales);
  const checkpoints = [checkpointOf(loaded.fold, 'test')];
  const whole = await foldedOn(loaded, () => checkpoints.push(checkpointOf(loaded.fold, 'test')));
  return { file, whole, checkpoints };
}

const sold: Step = { keys: ['k0', undefined] };
const soldMore: Step = { keys: ['k1'] };

describe('a checkpoint', () => {
  test('leads to what the whole ledger leads to, wherever it was made', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 8 }), async (history, keyedSales) => {
        const { file, whole, checkpoints } = await ledgerWithCheckpoints(history, keyedSales);
        for (const checkpoint of checkpoints) {
          const loaded = await loadLedger(file, checkpoint, keyedSales);
          expect(loaded.synced).toEqual(loaded.fold.head);
          expect(await foldedOn(loaded)).toEqual(whole);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('is read as it was written', async () => {
    const path = join(testFolder(), 'tickets.json');
    expect(await readCheckpoint(path)).toBeUndefined();
    const { checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    for (const checkpoint of checkpoints) {
      await writeCheckpoint(path, checkpoint);
      expect(await readCheckpoint(path)).toMatchObject(checkpoint);
    }
  });

  test.each<[string, (valid: Checkpoint) => string | Buffer]>([
    ['empty', () => ''],
    ['garbage', () => Buffer.from([0xff, 0x00, 0x7b])],
    ['cut', (valid) => printCheckpoint(valid).slice(0, -20)],
    ['an edited one', (valid) => printCheckpoint(valid).replace('"version":2', '"version":1')],
    ['a json store’s', ({ events }) => JSON.stringify({ version: 1, events })],
    ['summed but no checkpoint', () => encodeRecord({ version: 1 })],
    ['negative', (valid) => printCheckpoint({ ...valid, keysFrom: -1 })],
    ['without a number', (valid) => printCheckpoint({ ...valid, sales: Number.NaN })],
    ['without events', ({ events: _, ...rest }) => encodeRecord(rest)],
  ])('that is %s is none, and made anew', async (_, bytesOf) => {
    const path = join(testFolder(), 'tickets.json');
    const { checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    writeFileSync(path, bytesOf(checkpoints[2] as Checkpoint));
    expect(await readCheckpoint(path)).toBeUndefined();
  });

  /** Whole, and not true of the ledger. */
  const lies: [string, (valid: Checkpoint) => Partial<Checkpoint>][] = [
    ['another ledger', ({ ledger }) => ({ ledger: { ...ledger, id: 'other' } })],
    ['another hash', ({ ledger }) => ({ ledger: { ...ledger, hash: 'x'.repeat(22) } })],
    ['another number', ({ version }) => ({ version: version + 1 })],
    ['a middle of a line', ({ ledger }) => ({ ledger: { ...ledger, offset: ledger.offset - 5 } })],
    ['more than there is', ({ ledger }) => ({ ledger: { ...ledger, offset: 99_999 } })],
    ['keys from a middle of a line', ({ keysFrom }) => ({ keysFrom: keysFrom + 1 })],
    ['keys from the genesis', () => ({ keysFrom: 0 })],
    ['keys from its end', ({ ledger }) => ({ keysFrom: ledger.offset })],
    ['keys from beyond the file', () => ({ keysFrom: 99_999 })],
    ['no sales', () => ({ sales: 0 })],
    ['fewer sales than its window has', () => ({ sales: 1 })],
  ];

  test.each(lies)('that names %s is damage', async (_, lie) => {
    const { file, checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    const valid = checkpoints[2] as Checkpoint;
    const lying = { ...valid, ...lie(valid) };
    await expect(loadLedger(file, lying)).rejects.toThrow(DamagedLedgerError);
  });

  test('of a ledger that begins with another genesis is damage', async () => {
    const { checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    const other = genesisLine({ events: { a: anEvent(CAPACITY + 1) } });
    const rest = ledgerOf([sold, soldMore]).subarray(genesis.length);
    const loading = loadLedger(still(Buffer.concat([other, rest])), checkpoints[2]);
    await expect(loading).rejects.toThrow(DamagedLedgerError);
  });

  test('of a ledger that was cut below it is damage', async () => {
    const bytes = ledgerOf([sold, soldMore]);
    const { checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    for (const cut of [bytes.length - 1, bytes.length - 20, genesis.length + 1]) {
      const loading = loadLedger(still(bytes.subarray(0, cut)), checkpoints[2]);
      await expect(loading).rejects.toMatchObject({ offset: bytes.length });
    }
  });
});

describe('a pass over the whole ledger', () => {
  test('agrees with every true checkpoint', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const { file, checkpoints } = await ledgerWithCheckpoints(history);
        for (const checkpoint of checkpoints) await verifyCheckpoint(file, checkpoint);
      }),
      { numRuns: 100 },
    );
  });

  test.each<[string, (valid: Checkpoint) => Partial<Checkpoint>]>([
    ['another inventory', () => ({ events: { a: anEvent(CAPACITY, { remaining: 1 }) } })],
    ['other sales', ({ sales }) => ({ sales: sales + 1 })],
    ['a window that begins late', ({ keysFrom }) => ({ keysFrom: keysFrom + 200 })],
  ])('finds what a start takes its word for: %s', async (_, lie) => {
    const { file, checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    const valid = checkpoints[2] as Checkpoint;
    const verifying = verifyCheckpoint(file, { ...valid, ...lie(valid) });
    await expect(verifying).rejects.toThrow(DamagedLedgerError);
  });

  test('finds a damaged line before the window, which a start does not look at', async () => {
    const history = Array.from({ length: 6 }, () => soldMore);
    const { checkpoints } = await ledgerWithCheckpoints(history, 2);
    const bytes = ledgerOf(history);
    const last = checkpoints.at(-1) as Checkpoint;
    const at = genesis.length + 30;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await loadLedger(still(bytes), last, 2); // nothing to see from here
    await expect(verifyCheckpoint(still(bytes), last)).rejects.toThrow(DamagedLedgerError);
  });

  test('ends when it is told to', async () => {
    const { file, checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    const verifying = verifyCheckpoint(file, checkpoints[2] as Checkpoint, AbortSignal.abort());
    await expect(verifying).rejects.toMatchObject({ name: 'AbortError' });
  });
});
