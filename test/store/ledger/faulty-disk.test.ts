import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/booking/faults.js';
import type { Buy } from '../../../src/booking/outcomes.js';
import type { LedgerFile } from '../../../src/store/ledger/ledger-file.js';
import { type Answered, faultsIn } from './judged.js';
import { fileOf, genesisLine } from './lines-of.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

/** What a call may do instead of its work. */
type How = 'EIO' | 'ENOSPC' | 'short' | 'partial';

/** A file of which one call goes wrong. */
class FaultyFile implements LedgerFile {
  readonly #file: LedgerFile;
  readonly #kind: 'read' | 'write' | 'datasync';
  readonly #how: How;
  #callsLeft = Number.POSITIVE_INFINITY;
  #bytes = 0;

  constructor(file: LedgerFile, kind: 'read' | 'write' | 'datasync', how: How) {
    this.#file = file;
    this.#kind = kind;
    this.#how = how;
  }

  /** From now on, this many calls go well. Of a short one so many bytes are done. */
  arm(calls: number, bytes: number): void {
    this.#callsLeft = calls;
    this.#bytes = bytes;
  }

  get fired(): boolean {
    return this.#callsLeft < 0;
  }

  async read(buffer: Buffer, offset: number, length: number, position: number) {
    const less = this.#fires('read') ? Math.min(length, this.#bytes) : length;
    return this.#file.read(buffer, offset, less, position);
  }

  async write(bytes: Buffer) {
    if (!this.#fires('write')) return this.#file.write(bytes);
    await this.#file.write(bytes.subarray(0, this.#bytes));
    if (this.#how === 'partial') throw errorOf('EIO');
    return { bytesWritten: this.#bytes };
  }

  async datasync() {
    this.#fires('datasync');
    await this.#file.datasync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #fires(kind: string): boolean {
    if (kind !== this.#kind || this.#callsLeft-- !== 0) return false;
    if (this.#how === 'EIO' || this.#how === 'ENOSPC') throw errorOf(this.#how);
    return true;
  }
}

const errorOf = (code: string): Error => Object.assign(new Error(code), { code });

const first = [buy('a', 1, 'k0')];
const second = [buy('a', 2, 'k1'), buy('b', 9), buy('a', 1, 'k0'), buy('a')];
const third = [buy('a', 2, 'k1'), buy('b')];

/** What became of a batch for which the n-th call went wrong, and of those before and after it. */
async function sellThrough(file: FaultyFile, calls: number, bytes: number) {
  const faults: Fault[] = [];
  const store = await openStore(file, { onFault: (fault) => faults.push(fault) });
  const answered: Answered[] = [];
  const errors: unknown[] = [];
  const trySelling = async (buys: readonly Buy[]) => {
    await sell(store, ...buys).then(
      (results) => answered.push({ buys, results }),
      (error) => errors.push(error),
    );
  };
  await trySelling(first);
  file.arm(calls, bytes);
  await trySelling(second);
  await trySelling(third);
  await trySelling(third);
  return { answered, errors, faults };
}

/** Lets every call of the kind go wrong in turn, one for each ledger. */
async function everyCall(
  kind: 'read' | 'write' | 'datasync',
  how: How,
  bytes = 0,
  wrap: (file: LedgerFile) => LedgerFile = (file) => file,
) {
  const results: (Awaited<ReturnType<typeof sellThrough>> & { untrue: string[] })[] = [];
  for (let calls = 0; ; calls++) {
    const disk = new MemoryDisk(fileOf(genesisLine()), () => Promise.resolve());
    const file = new FaultyFile(wrap(disk.open()), kind, how);
    const result = await sellThrough(file, calls, bytes);
    if (!file.fired) return results;
    // What was told must be in the ledger, and still be there when the power goes now.
    const untrue: string[] = [];
    for (const left of [disk.bytes, disk.bytes.subarray(0, disk.synced)]) {
      untrue.push(...(await faultsIn(left, result.answered, { all: false })));
    }
    results.push({ ...result, untrue });
  }
}

describe('when one call goes wrong', () => {
  test.each(['EIO', 'ENOSPC'] as const)(
    'a write with %s: a 503, and the office goes on',
    async (how) => {
      const results = await everyCall('write', how);
      expect(results.length).toBeGreaterThan(1);
      for (const { errors, answered, faults, untrue } of results) {
        expect(untrue).toEqual([]);
        expect(errors).toMatchObject([{ code: how }]);
        expect(answered).toHaveLength(3);
        expect(faults).toEqual([]);
      }
    },
  );

  test('a short write, of any length: it is torn, and the batch is sold with the next', async () => {
    for (let bytes = 0; bytes < 600; bytes += 7) {
      for (const { errors, answered, faults, untrue } of await everyCall('write', 'short', bytes)) {
        expect(untrue).toEqual([]);
        expect([errors, faults]).toEqual([[], []]);
        expect(answered).toHaveLength(4);
      }
    }
  });

  test('a write that fails when part of it is on disk, or all', async () => {
    for (let bytes = 0; bytes < 900; bytes += 7) {
      for (const { errors, untrue } of await everyCall('write', 'partial', bytes)) {
        expect(untrue).toEqual([]);
        expect(errors).toMatchObject([{ code: 'EIO' }]);
      }
    }
  });

  test('a read: whether it was sold is unknown, and the office goes on', async () => {
    const results = await everyCall('read', 'EIO');
    expect(results.length).toBeGreaterThan(6);
    for (const { errors, faults, untrue } of results) {
      expect(untrue).toEqual([]);
      expect(errors).toMatchObject([{ code: 'EIO' }]);
      expect(faults).toEqual([]);
    }
  });

  test('a short read: nobody notices', async () => {
    for (const bytes of [1, 2, 50, 200]) {
      for (const { errors, answered, untrue } of await everyCall('read', 'short', bytes)) {
        expect(untrue).toEqual([]);
        expect(errors).toEqual([]);
        expect(answered).toHaveLength(4);
      }
    }
  });

  test('a sync: for ever, and the office is told once', async () => {
    const results = await everyCall('datasync', 'EIO');
    expect(results.map(({ errors }) => errors.length)).toEqual([3, 2, 1]);
    for (const { errors, faults, untrue } of results) {
      expect(untrue).toEqual([]);
      for (const error of errors) expect(error).toMatchObject({ code: 'SYNC_FAILED' });
      expect(faults).toMatchObject([{ code: 'SYNC_FAILED' }]);
    }
  });
});

describe('these checks find', () => {
  test('a store that is not told of a failed sync', async () => {
    const deaf = (file: LedgerFile): LedgerFile => ({ ...file, datasync: async () => {} });
    const results = await everyCall('write', 'short', 10, deaf);
    expect(results.every(({ untrue }) => untrue.length > 0)).toBe(true);
  });

  test('a store that believes its own write', async () => {
    const real = new MemoryDisk(fileOf(genesisLine()));
    const believed = new MemoryDisk(real.bytes);
    const file = new FaultyFile(real.open(), 'write', 'short');
    file.arm(0, 100);
    const store = await openStore({
      ...believed.open(),
      write: async (bytes) => {
        await file.write(bytes);
        return believed.open().write(bytes);
      },
    });
    const results = await sell(store, buy('a'));
    expect(await faultsIn(real.bytes, [{ buys: [buy('a')], results }])).toHaveLength(1);
  });
});
