import { describe, expect, test } from 'vitest';
import { buildTimeline as build } from '../../src/lab/build-timeline.js';
import {
  countOvertakings,
  hadContention,
  lockWaits,
  processBatches,
} from '../../src/lab/contention.js';
import { defaults, hasLock } from '../../src/lab/experiment-setting.js';
import { findHighlight } from '../../src/lab/highlight.js';
import { firstLostUpdate } from '../../src/lab/lost-update.js';
import { nameProcesses, processName } from '../../src/lab/process-names.js';
import { buildStory, type Story } from '../../src/lab/story.js';
import type { TraceLine } from '../../src/lab/trace.js';
import type { InjectedFault } from '../../src/timeline/report.js';
import type { Setting } from '../../src/timeline/setting.js';
import { batchSteps, completeBatch, sold } from './trace-steps.js';

const initial = { version: 0, remaining: 100 };
const buildTimeline = (traced: readonly TraceLine[], before: typeof initial) =>
  build(traced, before, true);

function storyIn(
  traced: readonly TraceLine[],
  changes: Partial<Setting> = {},
  fault?: InjectedFault,
): Story {
  const setting = { ...defaults, ...changes };
  const { lanes } = build(traced, initial, hasLock(setting));
  const lostUpdate = firstLostUpdate(lanes);
  const highlight = findHighlight(lanes, lostUpdate);
  const named = nameProcesses(lanes, highlight);
  return buildStory({ lanes: named, lostUpdate, highlight, setting, fault });
}

const storyOf = (traced: readonly TraceLine[]): string[] =>
  storyIn(traced).events.map(({ text }) => text);

describe('buildTimeline', () => {
  test('builds a batch with its spans, states and results', () => {
    const { lanes, endMs } = buildTimeline(completeBatch(7, 1, 1_000, 0, 99), initial);
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

  test('shows where a process was killed, and what it had read', () => {
    const lost = batchSteps(7, 1, { lockWanted: 0, lockHeld: 1, loaded: 2 });
    const { lanes } = buildTimeline(
      [...lost, { pid: 7, mark: 'killed', at: 3 }, ...completeBatch(8, 1, 5, 0, 99)],
      initial,
    );
    const [batch] = lanes.find(({ pid }) => pid === 7)?.batches ?? [];
    expect(batch?.read).toEqual({ at: 2, version: 0, remaining: 100 });
    expect(batch?.spans.at(-1)).toMatchObject({ kind: 'deciding', end: 3, unfinished: true });
    expect(lanes.map(({ pid }) => pid)).toEqual([7, 8]);
    expect(hadContention(lanes)).toBe(true); // the killed process still held the lock
  });

  test('shows an overtaken attempt of the ledger', () => {
    const one = batchSteps(7, 1, {
      lockWanted: 0,
      lockHeld: 1,
      loaded: 2,
      decided: 3,
      appended: 4,
    });
    const again = batchSteps(
      7,
      1,
      { loaded: 6, decided: 7, appended: 8, lockReleased: 9 },
      { read: 1 },
    );
    const { lanes } = buildTimeline([...one, ...again], initial);
    const spans = lanes[0]?.batches[0]?.spans ?? [];
    expect(spans.filter(({ overtaken }) => overtaken).map(({ kind }) => kind)).toEqual([
      'writing',
      'checking',
    ]);
    expect(spans.at(-1)?.kind).toBe('syncing');
    expect(firstLostUpdate(lanes)).toBeUndefined();
    const winner = batchSteps(8, 1, {
      lockWanted: 0,
      lockHeld: 1,
      loaded: 2,
      decided: 3,
      appended: 3.5,
    });
    expect(storyOf([...one, ...again, ...winner]).join('\n')).toContain('it does not count');
  });

  test('shows a sync only if there was one: a database has synced before it answers', () => {
    const times = { lockWanted: 0, lockHeld: 1, loaded: 2, replaced: 3, lockReleased: 4 };
    const kinds = (synced: number) =>
      buildTimeline(
        batchSteps(7, 1, { ...times, synced }),
        initial,
      ).lanes[0]?.batches[0]?.spans.map(({ kind }) => kind);
    expect(kinds(4.2)).toContain('syncing');
    expect(kinds(4.01)).not.toContain('syncing');
  });

  test('shows an attempt that a database rejected', () => {
    const one = batchSteps(7, 1, {
      lockWanted: 0,
      lockHeld: 1,
      loaded: 2,
      decided: 3,
      overtaken: 5,
    });
    const again = batchSteps(
      7,
      1,
      { loaded: 6, decided: 7, replaced: 8, lockReleased: 9 },
      { read: 1, wrote: 2 },
    );
    const winner = batchSteps(
      8,
      1,
      { lockWanted: 0, lockHeld: 1, loaded: 2, decided: 3, replaced: 4, lockReleased: 5 },
      { wrote: 1 },
    );
    const steps = [...one, ...again, ...winner];
    const { lanes } = buildTimeline(steps, initial);
    const [batch] = lanes[0]?.batches ?? [];
    expect(batch?.spans.filter(({ overtaken }) => overtaken)).toMatchObject([
      { kind: 'writing', start: 3, end: 5, version: 1 },
    ]);
    expect(batch?.wrote?.version).toBe(2);
    expect(firstLostUpdate(lanes)).toBeUndefined();
    expect(storyOf(steps)).toMatchObject([
      expect.stringMatching(/^A wrote version 1 /),
      expect.stringMatching(/^B had read the version before, too, and was rejected at 5/),
      expect.stringMatching(/^B tried again, and sold .* version 2/),
    ]);
  });

  describe('with two batches that want the same rows', () => {
    const start = { lockWanted: 0, lockHeld: 0.01 };
    const holder = { ...start, rowsLocked: 1, loaded: 2, decided: 3, replaced: 5, lockReleased: 6 };
    const results = { wrote: 1, results: sold(1, 99) };
    const next = { lockWanted: 0.5, lockHeld: 0.51 };

    test('shows the wait for the row lock, not for the transaction', () => {
      // Gets the rows slightly before the other one learns that it has released them.
      const waiter = { ...next, rowsLocked: 4.9, loaded: 5.1, lockReleased: 7 };
      const steps = [
        ...batchSteps(7, 1, holder, results),
        ...batchSteps(8, 1, waiter, { read: 1 }),
      ];
      const { lanes } = buildTimeline(steps, initial);
      expect(lanes[1]?.batches[0]?.spans.slice(0, 3)).toMatchObject([
        { kind: 'waiting', start: 0.5, end: 4.9 },
        { kind: 'holding', start: 4.9, end: 7 },
        { kind: 'reading', start: 4.9, end: 5.1 },
      ]);
      expect(lockWaits(lanes.flatMap(({ batches }) => batches))).toMatchObject({ p50: 4.4 });
      expect(storyOf(steps)).toContainEqual(
        expect.stringContaining('B wanted the lock at 0.50 ms, and had to wait until 4.90'),
      );
    });

    test('(negative control: without a lock, no wait is reported)', () => {
      const { rowsLocked: _, ...free } = holder;
      const other = { ...next, loaded: 5.1, lockReleased: 7 };
      const steps = [...batchSteps(7, 1, free, results), ...batchSteps(8, 1, other, { read: 1 })];
      expect(storyOf(steps).join()).toBe('No process ever waited for another');
    });
  });
});

describe('firstLostUpdate', () => {
  const one = completeBatch(7, 1, 0, 0, 99);

  test('finds two processes that wrote the same version', () => {
    const { lanes } = buildTimeline([...one, ...completeBatch(8, 1, 5, 0, 99)], initial);
    expect(firstLostUpdate(lanes)).toMatchObject({
      erased: { pid: 7, read: { remaining: 100 }, wrote: { remaining: 99 } },
      erasing: { pid: 8, read: { remaining: 100 }, wrote: { remaining: 99 } },
      serials: [1],
    });
    expect(storyOf([...one, ...completeBatch(8, 1, 5, 0, 99)])).toEqual([
      'A read 100 left at 20.00 ms',
      'B read 100 left at 25.00 ms, too',
      'A wrote 99 left at 50.00 ms',
      'B wrote 99 left at 55.00 ms: both sold serial 1, and the second write erased the first',
    ]);
  });

  test('prefers one in which both processes read before either wrote', () => {
    // 8 learns what it read only after 7 has written; 9 learned it before.
    const late = batchSteps(
      8,
      1,
      { lockWanted: 1, lockHeld: 2, loaded: 52, decided: 53, replaced: 54 },
      {
        read: 0,
        wrote: 1,
      },
    );
    const clear = completeBatch(9, 1, 15, 0, 99);
    const found = (traced: TraceLine[]) => firstLostUpdate(buildTimeline(traced, initial).lanes);
    expect(found([...one, ...late])?.erasing.pid).toBe(8);
    expect(storyOf([...one, ...late])[0]).toMatch(/^B had begun to read at 2\.00 ms, and got/);
    expect(found([...one, ...late, ...clear])?.erasing.pid).toBe(9);
  });

  test('finds two batches of one process if there is no pair of processes', () => {
    const { lanes } = buildTimeline([...one, ...completeBatch(7, 2, 5, 0, 99)], initial);
    expect(firstLostUpdate(lanes)).toMatchObject({ erased: { pid: 7 }, erasing: { pid: 7 } });
  });

  test('finds none if each batch read what the other had written', () => {
    const traced = [...one, ...completeBatch(8, 1, 75, 1, 98)];
    expect(firstLostUpdate(buildTimeline(traced, initial).lanes)).toBeUndefined();
  });
});

describe('contention', () => {
  test('exists if a process wanted the lock while another held it', () => {
    const apart = [...completeBatch(7, 1, 0, 0, 99), ...completeBatch(8, 1, 200, 1, 98)];
    const together = [...completeBatch(7, 1, 0, 0, 99), ...completeBatch(8, 1, 69, 1, 98)];
    expect(hadContention(buildTimeline(apart, initial).lanes)).toBe(false);
    expect(hadContention(buildTimeline(together, initial).lanes)).toBe(true);
  });

  test('counts a batch that wanted the lock later and got it earlier as overtaking', () => {
    const patient = batchSteps(7, 1, { lockWanted: 0, lockHeld: 500 });
    const batches = (traced: TraceLine[]) => processBatches(buildTimeline(traced, initial).lanes);
    expect(countOvertakings(batches([...patient, ...completeBatch(8, 1, 10, 0, 99)]))).toBe(1);
    expect(countOvertakings(batches([...patient, ...completeBatch(7, 2, 10, 0, 99)]))).toBe(0);
    expect(countOvertakings(batches([...patient, ...completeBatch(8, 1, 510, 0, 99)]))).toBe(0);
    expect(lockWaits(batches(patient))).toEqual({ p50: 500, p99: 500, max: 500 });
  });
});

describe('the cast', () => {
  test('A and B are the two of the story, whichever process began first', () => {
    const early = completeBatch(6, 1, 0, 0, 99).map((step) => ({ ...step, at: step.at / 100 }));
    const traced = [
      ...early,
      ...completeBatch(7, 1, 100, 1, 98),
      ...completeBatch(8, 1, 105, 1, 98),
    ];
    const { lanes } = build(traced, initial, false);
    const highlight = findHighlight(lanes, firstLostUpdate(lanes));
    const names = nameProcesses(lanes, highlight).map(({ name, pid }) => [name, pid]);
    expect(names).toEqual([
      ['A', 7],
      ['B', 8],
      ['C', 6],
    ]);
    const { events } = storyIn(traced, { lockMode: 'off' });
    expect(new Set(events.map(({ pid }) => pid))).toEqual(new Set([7, 8]));
    expect(events.map(({ text }) => text[0]).join('')).toBe('ABAB');
  });

  test('has a name for every process of a large run', () => {
    const names = Array.from({ length: 60 }, (_, index) => processName(index));
    expect(new Set(names).size).toBe(60);
    expect(names.slice(25, 28)).toEqual(['Z', 'A2', 'B2']);
  });
});

describe('without a lock', () => {
  const traced = [...completeBatch(7, 1, 0, 0, 99), ...completeBatch(8, 1, 5, 0, 99)];
  const kinds = (hasALock: boolean) =>
    build(traced, initial, hasALock).lanes.flatMap(({ batches }) =>
      batches.flatMap(({ spans }) => spans.map(({ kind }) => kind)),
    );

  test('no step is called waiting for the lock', () => {
    expect(kinds(false)).not.toContain('waiting');
    expect(kinds(false)).toContain('reading');
  });

  test('(negative control: with a lock there is one)', () => {
    expect(kinds(true)).toContain('waiting');
  });
});

describe('the cause', () => {
  const lost = [...completeBatch(7, 1, 0, 0, 99), ...completeBatch(8, 1, 5, 0, 99)];
  const passed = [...completeBatch(7, 1, 0, 0, 99), ...completeBatch(8, 1, 75, 1, 98)];
  const stolen: TraceLine[] = [...lost, { pid: 8, mark: 'stopped', at: 26 }];
  const waiting = batchSteps(
    8,
    1,
    { lockWanted: 5, lockHeld: 71, loaded: 75, decided: 80, replaced: 85, lockReleased: 90 },
    { read: 1, wrote: 2 },
  );
  const waited = [...completeBatch(7, 1, 0, 0, 99), ...waiting];

  test.each<[string, TraceLine[], Partial<Setting>, InjectedFault | undefined, RegExp]>([
    [
      'no lock',
      lost,
      { lockMode: 'off' },
      undefined,
      /^Nothing kept B from reading before A had written\. With a lock, B would have waited here$/,
    ],
    ['a mutex', lost, { lockMode: 'mutex' }, undefined, /each locked a mutex in their own memory/],
    [
      'a stolen lease',
      stolen,
      { lockMode: 'file' },
      'stop',
      /B was stopped for longer than its lease/,
    ],
    ['a lock', waited, { lockMode: 'file' }, undefined, /^The lock kept B from reading before A/],
    ['luck', passed, { lockMode: 'off' }, undefined, /^B happened to read after A had written/],
  ])('of %s is the last sentence, and leads to its place', (_, traced, setting, fault, text) => {
    const { events, cause } = storyIn(traced, setting, fault);
    expect(cause?.text).toMatch(text);
    expect(cause?.cause).toBe(true);
    expect(cause?.batchId).toBe('8:1');
    expect(events.length).toBeGreaterThan(1);
    // No word but a name is one capital letter: names are coloured.
    const words = [...events, cause].flatMap((each) => each?.text.match(/\b[A-Z]\b/g) ?? []);
    expect(new Set(words)).toEqual(new Set(['A', 'B']));
  });
});

describe('the highlight', () => {
  test('has every batch that the story mentions', () => {
    const killed: TraceLine[] = [
      ...batchSteps(7, 1, { lockWanted: 0, lockHeld: 1, loaded: 2 }),
      { pid: 7, mark: 'killed', at: 3 },
      ...completeBatch(8, 1, 5, 0, 99),
      ...completeBatch(9, 1, 80, 1, 98),
    ];
    const { lanes } = build(killed, initial, true);
    const highlight = findHighlight(lanes, undefined);
    expect(highlight).toEqual({ kind: 'recovery', first: '7:1', second: '8:1' });
    const { events, cause } = storyIn(killed, { lockMode: 'kernel' }, 'kill');
    expect(new Set(events.map(({ batchId }) => batchId))).toEqual(new Set(['7:1', '8:1']));
    expect(cause?.text).toContain('releases the lock of a process that dies');
  });

  test('is the skipped line of the ledger, not a hand-over before it', () => {
    const ledger = { store: 'ledger', lockMode: 'off' } as const;
    const times = {
      lockWanted: 0,
      lockHeld: 0,
      loaded: 1,
      decided: 2,
      appended: 3,
      lockReleased: 4,
    };
    const shifted = (by: number) =>
      Object.fromEntries(Object.entries(times).map(([name, at]) => [name, at + by]));
    const late = batchSteps(
      8,
      2,
      { lockWanted: 20, lockHeld: 20, loaded: 21, decided: 22, appended: 24 },
      { read: 2 },
    );
    const again = batchSteps(
      8,
      2,
      { loaded: 25, decided: 26, appended: 27, lockReleased: 28 },
      { read: 3 },
    );
    const traced = [
      ...batchSteps(7, 1, times, { read: 0 }),
      ...batchSteps(8, 1, shifted(10), { read: 1 }), // the hand-over
      ...batchSteps(7, 2, shifted(20), { read: 2 }),
      ...late,
      ...again,
    ];
    const { lanes } = build(traced, initial, false);
    expect(findHighlight(lanes, undefined)).toEqual({
      kind: 'overtaken',
      first: '7:2',
      second: '8:2',
    });
    const { events, cause } = storyIn(traced, ledger);
    expect(new Set(events.map(({ batchId }) => batchId))).toEqual(new Set(['7:2', '8:2']));
    expect(cause?.text).toContain('Only a line that extends the line before it counts');
  });
});
