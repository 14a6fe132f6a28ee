import { describe, expect, test } from 'vitest';
import type { Buy } from '../../../src/booking/commands.js';
import type { Fault } from '../../../src/booking/faults.js';
import type { LedgerFile } from '../../../src/store/ledger/ledger-file.js';
import { type AnsweredBatch, violationsIn } from './check-answers.js';
import { fileOf, genesisLine } from './ledger-lines.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

/** How a call fails: with an error, by doing only part of its work, or both. */
type Failure = 'EIO' | 'ENOSPC' | 'short' | 'partial';
type FileCall = 'read' | 'write' | 'datasync';

/** A file of which one call fails. */
class FaultyFile implements LedgerFile {
  readonly #file: LedgerFile;
  readonly #call: FileCall;
  readonly #failure: Failure;
  #callsLeft = Number.POSITIVE_INFINITY;
  #bytes = 0;

  constructor(file: LedgerFile, call: FileCall, failure: Failure) {
    this.#file = file;
    this.#call = call;
    this.#failure = failure;
  }

  /** Fails after this many further calls. A short or partial call processes `bytes` bytes. */
  failAfter(calls: number, bytes: number): void {
    this.#callsLeft = calls;
    this.#bytes = bytes;
  }

  get failed(): boolean {
    return this.#callsLeft < 0;
  }

  async read(buffer: Buffer, offset: number, length: number, position: number) {
    const shortened = this.#fails('read') ? Math.min(length, this.#bytes) : length;
    return this.#file.read(buffer, offset, shortened, position);
  }

  async write(bytes: Buffer) {
    if (!this.#fails('write')) return this.#file.write(bytes);
    await this.#file.write(bytes.subarray(0, this.#bytes));
    if (this.#failure === 'partial') throw errorOf('EIO');
    return { bytesWritten: this.#bytes };
  }

  async datasync() {
    this.#fails('datasync');
    await this.#file.datasync();
  }

  checkName(): void {
    this.#file.checkName();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #fails(call: FileCall): boolean {
    if (call !== this.#call || this.#callsLeft-- !== 0) return false;
    if (this.#failure === 'EIO' || this.#failure === 'ENOSPC') throw errorOf(this.#failure);
    return true;
  }
}

const errorOf = (code: string): Error => Object.assign(new Error(code), { code });

const first = [buy('a', 1, 'k0')];
const second = [buy('a', 2, 'k1'), buy('b', 9), buy('a', 1, 'k0'), buy('a')];
const third = [buy('a', 2, 'k1'), buy('b')];

/** Sells one batch, then a second one whose n-th call fails, then a third one twice. */
async function sellAcrossFailure(file: FaultyFile, calls: number, bytes: number) {
  const faults: Fault[] = [];
  const store = await openStore(file, { onFault: (fault) => faults.push(fault) });
  const answered: AnsweredBatch[] = [];
  const errors: unknown[] = [];
  const trySelling = async (buys: readonly Buy[]) => {
    await sell(store, ...buys).then(
      (results) => answered.push({ buys, results }),
      (error) => errors.push(error),
    );
  };
  await trySelling(first);
  file.failAfter(calls, bytes);
  await trySelling(second);
  await trySelling(third);
  await trySelling(third);
  return { answered, errors, faults };
}

/** Lets each call of this name fail, on a new ledger each, and returns what happened. */
async function failEachCall(
  call: FileCall,
  failure: Failure,
  bytes = 0,
  wrap: (file: LedgerFile) => LedgerFile = (file) => file,
) {
  const results: (Awaited<ReturnType<typeof sellAcrossFailure>> & { violations: string[] })[] = [];
  for (let calls = 0; ; calls++) {
    const disk = new MemoryDisk(fileOf(genesisLine()), () => Promise.resolve());
    const file = new FaultyFile(wrap(disk.open()), call, failure);
    const result = await sellAcrossFailure(file, calls, bytes);
    if (!file.failed) return results;
    // Every answer must match the ledger, also after a power cut at this moment.
    const violations: string[] = [];
    for (const bytes of [disk.bytes, disk.bytes.subarray(0, disk.synced)]) {
      violations.push(...(await violationsIn(bytes, result.answered, { all: false })));
    }
    results.push({ ...result, violations });
  }
}

describe('ledger store on a disk with one failing call', () => {
  test.each(['EIO', 'ENOSPC'] as const)(
    'rejects the batch of a write that fails with %s, and continues to sell',
    async (code) => {
      const results = await failEachCall('write', code);
      expect(results.length).toBeGreaterThan(1);
      for (const { errors, answered, faults, violations } of results) {
        expect(violations).toEqual([]);
        expect(errors).toMatchObject([{ code }]);
        expect(answered).toHaveLength(3);
        expect(faults).toEqual([]);
      }
    },
  );

  test('sells the batch again after a short write of any length', async () => {
    for (let bytes = 0; bytes < 600; bytes += 7) {
      for (const { errors, answered, faults, violations } of await failEachCall(
        'write',
        'short',
        bytes,
      )) {
        expect(violations).toEqual([]);
        expect([errors, faults]).toEqual([[], []]);
        expect(answered).toHaveLength(4);
      }
    }
  });

  test('rejects the batch of a write that fails after writing a part or everything', async () => {
    for (let bytes = 0; bytes < 900; bytes += 7) {
      for (const { errors, violations } of await failEachCall('write', 'partial', bytes)) {
        expect(violations).toEqual([]);
        expect(errors).toMatchObject([{ code: 'EIO' }]);
      }
    }
  });

  test('rejects the batch of a read that fails, and continues to sell', async () => {
    const results = await failEachCall('read', 'EIO');
    expect(results.length).toBeGreaterThan(6);
    for (const { errors, faults, violations } of results) {
      expect(violations).toEqual([]);
      expect(errors).toMatchObject([{ code: 'EIO' }]);
      expect(faults).toEqual([]);
    }
  });

  test('continues after a short read of any call', async () => {
    for (const bytes of [1, 2, 50, 200]) {
      for (const { errors, answered, violations } of await failEachCall('read', 'short', bytes)) {
        expect(violations).toEqual([]);
        expect(errors).toEqual([]);
        expect(answered).toHaveLength(4);
      }
    }
  });

  test('rejects every further batch after a failed sync, and reports the fault once', async () => {
    const results = await failEachCall('datasync', 'EIO');
    expect(results.map(({ errors }) => errors.length)).toEqual([3, 2, 1]);
    for (const { errors, faults, violations } of results) {
      expect(violations).toEqual([]);
      for (const error of errors) expect(error).toMatchObject({ code: 'SYNC_FAILED' });
      expect(faults).toMatchObject([{ code: 'SYNC_FAILED' }]);
    }
  });
});

describe('these checks catch', () => {
  test('a store whose syncs do nothing', async () => {
    const withoutSync = (file: LedgerFile): LedgerFile => ({ ...file, datasync: async () => {} });
    const results = await failEachCall('write', 'short', 10, withoutSync);
    expect(results.every(({ violations }) => violations.length > 0)).toBe(true);
  });

  test('a store that reads back its own write instead of the disk', async () => {
    const real = new MemoryDisk(fileOf(genesisLine()));
    const imagined = new MemoryDisk(real.bytes);
    const file = new FaultyFile(real.open(), 'write', 'short');
    file.failAfter(0, 100);
    const store = await openStore({
      ...imagined.open(),
      write: async (bytes) => {
        await file.write(bytes);
        return imagined.open().write(bytes);
      },
    });
    const results = await sell(store, buy('a'));
    expect(await violationsIn(real.bytes, [{ buys: [buy('a')], results }])).toHaveLength(1);
  });
});
