import { describe, expect, test } from 'vitest';
import {
  countOvertakings,
  hadContention,
  lockWaits,
  processBatches,
} from '../../src/lab/contention.js';
import { lanesOf } from '../../src/lab/lanes.js';
import { firstLostUpdate } from '../../src/lab/lost-update.js';
import { tellStory } from '../../src/lab/story.js';
import type { Traced } from '../../src/lab/traced-step.js';
import { aBatch, sold, stepsOf } from './steps-of.js';

const first = { version: 0, remaining: 100 };
const storyOf = (traced: readonly Traced[]): string[] => {
  const { lanes } = lanesOf(traced, first);
  return tellStory({ lanes, lostUpdate: firstLostUpdate(lanes) }).map(({ text }) => text);
};

describe('lanes', () => {
  test('have a turn with its spans, its states and what its buyers were told', () => {
    const { lanes, endMs } = lanesOf(aBatch(7, 1, 1_000, 0, 99), first);
    expect(endMs).toBe(90);
    expect(lanes).toHaveLength(1);
    const [batch] = lanes[0]?.batches ?? [];
    expect(batch).toMatchObject({
      id: '7:1',
      start: 0,
      end: 80,
      read: { at: 20, version: 0, remaining: 100 },
      wrote: { at: 50, version: 1, remaining: 99 },
      serials: [1],
      refused: 0,
    });
    expect(batch?.spans.map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ['waiting', 0, 10],
      ['holding', 10, 70],
      ['reading', 10, 20],
      ['pausing', 20, 30],
      ['deciding', 30, 40],
      ['writing', 40, 50],
      ['recording', 50, 60],
      ['syncing', 70, 80],
    ]);
  });

  test('say of a process that was killed where it was, and what it had read', () => {
    const lost = stepsOf(7, 1, { lockWanted: 0, lockHeld: 1, loaded: 2 });
    const { lanes } = lanesOf(
      [...lost, { pid: 7, mark: 'killed', at: 3 }, ...aBatch(8, 1, 5, 0, 99)],
      first,
    );
    const [batch] = lanes.find(({ pid }) => pid === 7)?.batches ?? [];
    expect(batch?.read).toEqual({ at: 2, version: 0, remaining: 100 });
    expect(batch?.spans.at(-1)).toMatchObject({ kind: 'deciding', end: 3, unfinished: true });
    expect(lanes.map(({ pid }) => pid)).toEqual([7, 8]);
    expect(hadContention(lanes)).toBe(true); // its lock was there still
  });

  test('show an attempt of the ledger that was overtaken', () => {
    const one = stepsOf(7, 1, { lockWanted: 0, lockHeld: 1, loaded: 2, decided: 3, appended: 4 });
    const again = stepsOf(
      7,
      1,
      { loaded: 6, decided: 7, appended: 8, lockReleased: 9 },
      { read: 1 },
    );
    const { lanes } = lanesOf([...one, ...again], first);
    const spans = lanes[0]?.batches[0]?.spans ?? [];
    expect(spans.filter(({ overtaken }) => overtaken).map(({ kind }) => kind)).toEqual([
      'writing',
      'checking',
    ]);
    expect(spans.at(-1)?.kind).toBe('syncing');
    expect(firstLostUpdate(lanes)).toBeUndefined();
    expect(storyOf([...one, ...again]).join('\n')).toContain('it does not count');
  });

  test('show a sync only where there was one: a database has synced when it answers', () => {
    const times = { lockWanted: 0, lockHeld: 1, loaded: 2, replaced: 3, lockReleased: 4 };
    const kinds = (synced: number) =>
      lanesOf(stepsOf(7, 1, { ...times, synced }), first).lanes[0]?.batches[0]?.spans.map(
        ({ kind }) => kind,
      );
    expect(kinds(4.2)).toContain('syncing');
    expect(kinds(4.01)).not.toContain('syncing');
  });

  test('show an attempt that a database refused', () => {
    const one = stepsOf(7, 1, { lockWanted: 0, lockHeld: 1, loaded: 2, decided: 3, overtaken: 5 });
    const again = stepsOf(
      7,
      1,
      { loaded: 6, decided: 7, replaced: 8, lockReleased: 9 },
      { read: 1, wrote: 2 },
    );
    const winner = stepsOf(
      8,
      1,
      { lockWanted: 0, lockHeld: 1, loaded: 2, decided: 3, replaced: 4, lockReleased: 5 },
      { wrote: 1 },
    );
    const steps = [...one, ...again, ...winner];
    const { lanes } = lanesOf(steps, first);
    const [batch] = lanes[0]?.batches ?? [];
    expect(batch?.spans.filter(({ overtaken }) => overtaken)).toMatchObject([
      { kind: 'writing', start: 3, end: 5, version: 1 },
    ]);
    expect(batch?.wrote?.version).toBe(2);
    expect(firstLostUpdate(lanes)).toBeUndefined();
    expect(storyOf(steps)).toMatchObject([
      expect.stringMatching(/^worker 8 wrote version 1 /),
      expect.stringMatching(/^worker 7 had read the version before, too, and was refused at 5/),
      expect.stringMatching(/^worker 7 tried again, and sold .* version 2/),
    ]);
  });

  describe('of two that want the same rows', () => {
    const start = { lockWanted: 0, lockHeld: 0.01 };
    const holder = { ...start, rowsLocked: 1, loaded: 2, decided: 3, replaced: 5, lockReleased: 6 };
    const results = { wrote: 1, results: sold(1, 99) };
    const next = { lockWanted: 0.5, lockHeld: 0.51 };

    test('show who waits, and not who only began', () => {
      // Let in a moment before the other one hears that it has let go.
      const waiter = { ...next, rowsLocked: 4.9, loaded: 5.1, lockReleased: 7 };
      const steps = [...stepsOf(7, 1, holder, results), ...stepsOf(8, 1, waiter, { read: 1 })];
      const { lanes } = lanesOf(steps, first);
      expect(lanes[1]?.batches[0]?.spans.slice(0, 3)).toMatchObject([
        { kind: 'waiting', start: 0.5, end: 4.9 },
        { kind: 'holding', start: 4.9, end: 7 },
        { kind: 'reading', start: 4.9, end: 5.1 },
      ]);
      expect(lockWaits(lanes.flatMap(({ batches }) => batches))).toMatchObject({ p50: 4.4 });
      expect(storyOf(steps)).toContainEqual(
        expect.stringContaining('worker 8 wanted the lock at 0.50 ms, and had to wait until 4.90'),
      );
    });

    test('(where there is no lock, nobody is told to have waited)', () => {
      const { rowsLocked: _, ...free } = holder;
      const other = { ...next, loaded: 5.1, lockReleased: 7 };
      const steps = [...stepsOf(7, 1, free, results), ...stepsOf(8, 1, other, { read: 1 })];
      expect(storyOf(steps).join()).toBe('nobody ever waited for anybody');
    });
  });
});

describe('the first lost update', () => {
  const one = aBatch(7, 1, 0, 0, 99);

  test('is two processes that made one version', () => {
    const { lanes } = lanesOf([...one, ...aBatch(8, 1, 5, 0, 99)], first);
    expect(firstLostUpdate(lanes)).toMatchObject({
      erased: { pid: 7, read: { remaining: 100 }, wrote: { remaining: 99 } },
      erasing: { pid: 8, read: { remaining: 100 }, wrote: { remaining: 99 } },
      serials: [1],
    });
    expect(storyOf([...one, ...aBatch(8, 1, 5, 0, 99)])).toEqual([
      'worker 7 read 100 left at 20.00 ms',
      'worker 8 read 100 left at 25.00 ms, too',
      'worker 7 wrote 99 left at 50.00 ms',
      'worker 8 wrote 99 left at 55.00 ms: both sold serial 1, and the second write erased the first',
    ]);
  });

  test('is one that is plain to see, where there is one', () => {
    // 8 looks at what it read only after 7 has written; 9 had looked at it before.
    const late = stepsOf(
      8,
      1,
      { lockWanted: 1, lockHeld: 2, loaded: 52, decided: 53, replaced: 54 },
      {
        read: 0,
        wrote: 1,
      },
    );
    const plain = aBatch(9, 1, 15, 0, 99);
    const found = (traced: Traced[]) => firstLostUpdate(lanesOf(traced, first).lanes);
    expect(found([...one, ...late])?.erasing.pid).toBe(8);
    expect(storyOf([...one, ...late])[0]).toMatch(
      /^worker 8 had begun to read at 2\.00 ms, and got/,
    );
    expect(found([...one, ...late, ...plain])?.erasing.pid).toBe(9);
  });

  test('may be of one process, where there is no pair of two', () => {
    const { lanes } = lanesOf([...one, ...aBatch(7, 2, 5, 0, 99)], first);
    expect(firstLostUpdate(lanes)).toMatchObject({ erased: { pid: 7 }, erasing: { pid: 7 } });
  });

  test('is none where each read what the other had written', () => {
    const traced = [...one, ...aBatch(8, 1, 75, 1, 98)];
    expect(firstLostUpdate(lanesOf(traced, first).lanes)).toBeUndefined();
  });
});

describe('processes', () => {
  test('have met where one wanted the lock while another one held it', () => {
    const apart = [...aBatch(7, 1, 0, 0, 99), ...aBatch(8, 1, 200, 1, 98)];
    const together = [...aBatch(7, 1, 0, 0, 99), ...aBatch(8, 1, 69, 1, 98)];
    expect(hadContention(lanesOf(apart, first).lanes)).toBe(false);
    expect(hadContention(lanesOf(together, first).lanes)).toBe(true);
  });

  test('overtake: asked later, and let in earlier', () => {
    const patient = stepsOf(7, 1, { lockWanted: 0, lockHeld: 500 });
    const batches = (traced: Traced[]) => processBatches(lanesOf(traced, first).lanes);
    expect(countOvertakings(batches([...patient, ...aBatch(8, 1, 10, 0, 99)]))).toBe(1);
    expect(countOvertakings(batches([...patient, ...aBatch(7, 2, 10, 0, 99)]))).toBe(0);
    expect(countOvertakings(batches([...patient, ...aBatch(8, 1, 510, 0, 99)]))).toBe(0);
    expect(lockWaits(batches(patient))).toEqual({ p50: 500, p99: 500, max: 500 });
  });
});
