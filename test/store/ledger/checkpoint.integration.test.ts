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
import { type Loaded, loadLedger } from '../../../src/store/ledger/load.js';
import type { SoldOp } from '../../../src/store/ledger/ops.js';
import { encodeRecord } from '../../../src/store/ledger/record.js';
import { verifyCheckpoint } from '../../../src/store/ledger/verify-checkpoint.js';
import { anEvent, testFolder } from '../../support/folder.js';
import { commitLine, fileOf, genesisLine, headAfter, op } from './ledger-lines.js';
import { staticFile } from './memory-disk.js';

const CAPACITY = 1000;
const KEYS = ['k0', 'k1', 'k2', 'k3'];
const genesis = genesisLine({ events: { a: anEvent(CAPACITY) } });

/** A line of a ledger: sales, each with or without a key, or bytes that do not count. */
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

/** The bytes of a ledger with these lines. */
function ledgerOf(history: readonly Step[]): Buffer {
  const lines = [genesis];
  let head = headAfter(0, genesis);
  let { end } = head;
  let sold = 0;
  for (const step of history) {
    const sales = 'keys' in step ? step.keys.map((key) => saleOf(++sold, key)) : [];
    const line = 'junk' in step ? Buffer.from(step.junk) : commitLine(head, { ops: sales });
    lines.push(line);
    if ('keys' in step) head = headAfter(head.seq + 1, line, end);
    end += line.length + 1;
  }
  return fileOf(...lines);
}

const saleOf = (first: number, key: string | undefined): SoldOp =>
  op(first, CAPACITY - first, key === undefined ? {} : { key });

/** Folds the rest of the ledger, and returns all that the fold knows. */
async function foldToEnd({ fold, lines }: Loaded, onCounted: () => void = () => {}) {
  await lines.readNewLines((line, offset) => {
    if (fold.take(line, offset) !== undefined) onCounted();
  });
  const { head, state, recent } = fold;
  const found = KEYS.map((key) => recent.findByKey(key));
  return { head, state, found, count: recent.count, from: recent.from(head.end), at: lines.offset };
}

/** A small ledger, and its checkpoint after every counted line. */
async function ledgerWithCheckpoints(history: readonly Step[], remembered?: number) {
  const file = staticFile(ledgerOf(history));
  const loaded = await loadLedger(file, undefined, remembered);
  const checkpoints = [checkpointOf(loaded.fold, 'test')];
  const whole = await foldToEnd(loaded, () => checkpoints.push(checkpointOf(loaded.fold, 'test')));
  return { file, whole, checkpoints };
}

const sold: Step = { keys: ['k0', undefined] };
const soldMore: Step = { keys: ['k1'] };

describe('checkpoint', () => {
  test('leads to the state of the whole ledger, after whichever line it was made', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 8 }), async (history, remembered) => {
        const { file, whole, checkpoints } = await ledgerWithCheckpoints(history, remembered);
        for (const checkpoint of checkpoints) {
          const loaded = await loadLedger(file, checkpoint, remembered);
          expect(loaded.synced).toEqual(loaded.fold.head);
          expect(await foldToEnd(loaded)).toEqual(whole);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('is read back as it was written', async () => {
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
    ['cut off', (valid) => printCheckpoint(valid).slice(0, -20)],
    ['edited', (valid) => printCheckpoint(valid).replace('"version":2', '"version":1')],
    ['the ticket file of a json store', ({ events }) => JSON.stringify({ version: 1, events })],
    ['another record with a valid checksum', () => encodeRecord({ version: 1 })],
    ['negative', (valid) => printCheckpoint({ ...valid, keysFrom: -1 })],
    ['without a number', (valid) => printCheckpoint({ ...valid, ops: Number.NaN })],
    ['without events', ({ events: _, ...rest }) => encodeRecord(rest)],
  ])('is ignored if it is %s', async (_, bytesOf) => {
    const path = join(testFolder(), 'tickets.json');
    const { checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    writeFileSync(path, bytesOf(checkpoints[2] as Checkpoint));
    expect(await readCheckpoint(path)).toBeUndefined();
  });

  /** Valid checkpoints that contradict the ledger. */
  const contradictions: [string, (valid: Checkpoint) => Partial<Checkpoint>][] = [
    ['another ledger', ({ ledger }) => ({ ledger: { ...ledger, id: 'other' } })],
    ['another hash', ({ ledger }) => ({ ledger: { ...ledger, hash: 'x'.repeat(22) } })],
    ['another number', ({ version }) => ({ version: version + 1 })],
    [
      'an offset within a line',
      ({ ledger }) => ({ ledger: { ...ledger, offset: ledger.offset - 5 } }),
    ],
    ['an offset beyond the file', ({ ledger }) => ({ ledger: { ...ledger, offset: 99_999 } })],
    ['keys from within a line', ({ keysFrom }) => ({ keysFrom: keysFrom + 1 })],
    ['keys from the genesis', () => ({ keysFrom: 0 })],
    ['keys from its end', ({ ledger }) => ({ keysFrom: ledger.offset })],
    ['keys from beyond the file', () => ({ keysFrom: 99_999 })],
    ['no operations', () => ({ ops: 0 })],
    ['fewer operations than its window has', () => ({ ops: 1 })],
  ];

  test.each(contradictions)('is damage if it names %s', async (_, change) => {
    const { file, checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    const valid = checkpoints[2] as Checkpoint;
    const contradicting = { ...valid, ...change(valid) };
    await expect(loadLedger(file, contradicting)).rejects.toThrow(DamagedLedgerError);
  });

  test('is damage if the ledger begins with another genesis', async () => {
    const { checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    const other = genesisLine({ events: { a: anEvent(CAPACITY + 1) } });
    const rest = ledgerOf([sold, soldMore]).subarray(genesis.length);
    const loading = loadLedger(staticFile(Buffer.concat([other, rest])), checkpoints[2]);
    await expect(loading).rejects.toThrow(DamagedLedgerError);
  });

  test('is damage if the ledger was cut below its offset', async () => {
    const bytes = ledgerOf([sold, soldMore]);
    const { checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    for (const cut of [bytes.length - 1, bytes.length - 20, genesis.length + 1]) {
      const loading = loadLedger(staticFile(bytes.subarray(0, cut)), checkpoints[2]);
      await expect(loading).rejects.toMatchObject({ offset: bytes.length });
    }
  });
});

describe('verifyCheckpoint', () => {
  test('accepts every correct checkpoint', async () => {
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
    ['other operations', ({ ops }) => ({ ops: ops + 1 })],
    ['a window that begins late', ({ keysFrom }) => ({ keysFrom: keysFrom + 200 })],
  ])('finds what a start does not check: %s', async (_, change) => {
    const { file, checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    const valid = checkpoints[2] as Checkpoint;
    const verifying = verifyCheckpoint(file, { ...valid, ...change(valid) });
    await expect(verifying).rejects.toThrow(DamagedLedgerError);
  });

  test('finds a damaged line before the key window, which a start does not read', async () => {
    const history = Array.from({ length: 6 }, () => soldMore);
    const { checkpoints } = await ledgerWithCheckpoints(history, 2);
    const bytes = ledgerOf(history);
    const last = checkpoints.at(-1) as Checkpoint;
    const at = genesis.length + 30;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await loadLedger(staticFile(bytes), last, 2); // a start does not notice
    await expect(verifyCheckpoint(staticFile(bytes), last)).rejects.toThrow(DamagedLedgerError);
  });

  test('stops when it is aborted', async () => {
    const { file, checkpoints } = await ledgerWithCheckpoints([sold, soldMore]);
    const verifying = verifyCheckpoint(file, checkpoints[2] as Checkpoint, AbortSignal.abort());
    await expect(verifying).rejects.toMatchObject({ name: 'AbortError' });
  });
});
